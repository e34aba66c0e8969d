import { type InspectOptions, inspect } from 'node:util'

/** The source of a data object's attributes. */
export interface DataSource {
  /** Decodes the attribute: an undecodable one is absent. */
  has(name: string): boolean
  get(name: string): unknown
  /** Throws KEY_READ_ONLY, SCOPE_CLOSED, SCOPE_SUPERSEDED, SCOPE_LOST or NAME_NOT_STORABLE. */
  set(name: string, value: unknown): void
  delete(name: string): void
  /** In order. Decodes nothing: a name whose attribute is undecodable may be among them. */
  names(): string[]
  /** CFML's read-only keys: readable, never enumerated. */
  readOnly(name: string): unknown
  isReadOnly(name: string): boolean
}

/**
 * The object that handlers use as `ctx.session` or `ctx.client`. It behaves like a plain object, except that every string
 * is an ordinary attribute name: `__proto__` and `constructor` are data, and only the methods below are inherited.
 */
export function dataObject(source: DataSource): Record<string, unknown> {
  return new Proxy<object>(new Target(), new DataHandler(source)) as Record<string, unknown>
}

const inherited = new Set([
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
])

/** The proxy's target. `util.inspect` looks for this method on the target, and then calls it on the proxy. */
class Target {
  [inspect.custom](depth: number, options: InspectOptions): unknown {
    return depth < 0 ? '[Scope]' : inspect({ ...this }, { ...options, depth })
  }
}

class DataHandler implements ProxyHandler<object> {
  readonly #source: DataSource

  constructor(source: DataSource) {
    this.#source = source
  }

  get(target: object, key: string | symbol): unknown {
    if (typeof key === 'symbol') return Reflect.get(target, key)
    if (this.#source.isReadOnly(key)) return this.#source.readOnly(key)
    const value = this.#source.get(key)
    return value === undefined && inherited.has(key) && !this.#source.has(key)
      ? Reflect.get(Object.prototype, key)
      : value
  }

  set(_target: object, key: string | symbol, value: unknown): boolean {
    this.#source.set(nameOf(key), value)
    return true
  }

  has(_target: object, key: string | symbol): boolean {
    return typeof key === 'string' && (this.#source.isReadOnly(key) || this.#source.has(key))
  }

  deleteProperty(_target: object, key: string | symbol): boolean {
    if (typeof key === 'string') this.#source.delete(key)
    return true
  }

  /** In the order of the source, names such as `1` too, which a plain object puts first. */
  ownKeys(): string[] {
    return this.#source.names()
  }

  /**
   * undefined for an undecodable attribute. Everything that lists what an object has, such as spread, `Object.keys` and
   * `JSON.stringify`, asks for the descriptor of each key, and leaves out those that have none. An accessor, so that values
   * which are not read are not compared when the request ends.
   */
  getOwnPropertyDescriptor(_target: object, key: string | symbol): PropertyDescriptor | undefined {
    if (typeof key !== 'string' || !this.#source.has(key)) return undefined
    return {
      configurable: true,
      enumerable: true,
      get: () => this.#source.get(key),
      set: (value) => this.#source.set(key, value),
    }
  }

  defineProperty(_target: object, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    if (!('value' in descriptor)) return false
    this.#source.set(nameOf(key), descriptor.value)
    return true
  }

  getPrototypeOf(): object {
    return Object.prototype
  }

  setPrototypeOf(): boolean {
    return false
  }

  preventExtensions(): boolean {
    return false
  }
}

function nameOf(key: string | symbol): string {
  if (typeof key === 'symbol') throw new TypeError(`A symbol (${String(key)}) cannot name an attribute`)
  return key
}
