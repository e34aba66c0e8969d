import type { ScopedApplication, SetupContext } from './application.js'
import type { EventHandlers } from './handlers.js'
import type { NoOthers, ScopesShape } from './types.js'

/** The counterpart of Application.cfc: event handlers, and `setup` for middleware and routers. */
export interface ApplicationDefinition<S extends ScopesShape = ScopesShape> extends EventHandlers<S> {
  /** Adds middleware and routers, once, before the first request. */
  setup?(app: ScopedApplication<S>, context: SetupContext): void | Promise<void>
}

/** Types an application definition, and returns it unchanged. The type argument names the attributes of its scopes. */
export const defineApplication = <S extends ScopesShape & NoOthers<S> = Record<never, never>>(
  definition: ApplicationDefinition<S>,
): ApplicationDefinition<S> => definition

/** A definition of any scopes. */
export type AnyDefinition = { readonly [Member in keyof ApplicationDefinition]?: (...args: never) => unknown }

const members: Record<keyof ApplicationDefinition, true> = {
  setup: true,
  adopt: true,
  describe: true,
  onApplicationStart: true,
  onApplicationEnd: true,
  onSessionStart: true,
  onSessionEnd: true,
  onClientEnd: true,
  onRequestStart: true,
  onRequest: true,
  onRequestEnd: true,
  onMissingTemplate: true,
  onAbort: true,
  onError: true,
}

/** The types of a definition's scopes, as in `ScopesOf<typeof shop>`. */
export type ScopesOf<Definition> =
  Definition extends ApplicationDefinition<infer S extends ScopesShape> ? S : ScopesShape

/** The reason why a value is not a definition; undefined if it is one. */
export function faultOf(definition: unknown): string | undefined {
  if (typeof definition !== 'object' || definition === null) return 'it is not an object with event handlers'
  for (const [name, member] of Object.entries(definition)) {
    if (!Object.hasOwn(members, name)) return `there is no event handler ${JSON.stringify(name)}`
    if (member !== undefined && typeof member !== 'function') return `${name} is not a function`
  }
  return undefined
}
