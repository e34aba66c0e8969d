import type { ScopeKind } from '../settings.js'
import { type DataSource, dataObject } from './data-object.js'
import { checkWritable, readOnlyKeys } from './read-only-keys.js'
import type { RequestScope } from './request-scope.js'

/** The object behind `ctx.session` and `ctx.client`: the attributes of a request's scope, and CFML's read-only keys. */
export const scopeData = (scope: RequestScope): Record<string, unknown> => dataObject(new ScopeData(scope))

class ScopeData implements DataSource {
  readonly #scope: RequestScope
  readonly #readOnlyKeys: (typeof readOnlyKeys)[ScopeKind]

  constructor(scope: RequestScope) {
    this.#scope = scope
    this.#readOnlyKeys = readOnlyKeys[scope.scope.kind]
  }

  has(name: string): boolean {
    return this.#scope.attributes?.has(name) ?? false
  }

  get(name: string): unknown {
    return this.#scope.attributes?.get(name)
  }

  set(name: string, value: unknown): void {
    checkWritable(this.#scope.scope.kind, name)
    this.#scope.set(name, value)
  }

  delete(name: string): void {
    checkWritable(this.#scope.scope.kind, name)
    this.#scope.delete(name)
  }

  names(): string[] {
    return this.#scope.attributes?.names() ?? []
  }

  readOnly(name: string): unknown {
    return this.#readOnlyKeys.get(name)?.(this.#scope)
  }

  isReadOnly(name: string): boolean {
    return this.#readOnlyKeys.has(name)
  }
}
