import type { Transients } from '../record/transients.js'
import type { ScopeKind } from '../settings.js'
import { type DataSource, dataObject } from './data-object.js'
import { checkWritable, readOnlyKeys } from './read-only-keys.js'
import type { RequestScope } from './request-scope.js'

/** The object behind `ctx.session` and `ctx.client`: the attributes of a request's scope, and CFML's read-only keys. */
export const scopeData = (scope: RequestScope): Record<string, unknown> => dataObject(new ScopeData(scope))

class ScopeData implements DataSource {
  readonly #scope: RequestScope
  readonly #transients: Transients
  readonly #readOnlyKeys: (typeof readOnlyKeys)[ScopeKind]

  constructor(scope: RequestScope) {
    this.#scope = scope
    this.#transients = scope.scope.transients
    this.#readOnlyKeys = readOnlyKeys[scope.scope.kind]
  }

  has(name: string): boolean {
    if (this.#transients.has(name)) return this.get(name) !== undefined
    return this.#scope.record?.attributes.has(name) ?? false
  }

  get(name: string): unknown {
    const { record } = this.#scope
    if (this.#transients.has(name)) return record && this.#transients.get(record.id, name)
    const value = record?.attributes.get(name)
    if (value === undefined) this.#scope.scope.idioms.missed(name)
    return value
  }

  set(name: string, value: unknown): void {
    checkWritable(this.#scope.scope.kind, name)
    this.#scope.scope.idioms.assigned(name, value)
    if (this.#transients.has(name)) this.#transients.set(this.#scope.keep(name).id, name, value, this.#scope.timeoutMs)
    else this.#scope.set(name, value)
  }

  delete(name: string): void {
    checkWritable(this.#scope.scope.kind, name)
    const { record } = this.#scope
    if (this.#transients.has(name) && record) this.#transients.delete(record.id, name)
    else this.#scope.delete(name)
  }

  /** Transient attributes are not among them: what lists a scope mostly stores or sends it. */
  names(): string[] {
    return this.#scope.record?.attributes.names() ?? []
  }

  readOnly(name: string): unknown {
    return this.#readOnlyKeys.get(name)?.(this.#scope)
  }

  isReadOnly(name: string): boolean {
    return this.#readOnlyKeys.has(name)
  }
}
