import type { ScopedApplication, SetupContext } from './application.js'
import type { EventHandlers } from './handlers.js'
import type { ScopesShape } from './types.js'

/** The counterpart of Application.cfc: handlers, and what `setup` adds to the Koa app. */
export interface ApplicationDefinition<S extends ScopesShape = ScopesShape> extends EventHandlers<S> {
  /** Adds middleware and routers, once, before the first request. */
  setup?(app: ScopedApplication<S>, context: SetupContext): void | Promise<void>
}

/** Types an application; returns it as it is. The type argument says what its scopes hold. */
export const defineApplication = <S extends ScopesShape = Record<never, never>>(
  definition: ApplicationDefinition<S>,
): ApplicationDefinition<S> => definition

/** A definition whose scopes do not matter. */
export type AnyDefinition = { readonly [Member in keyof ApplicationDefinition]?: (...args: never) => unknown }

const members: Record<keyof ApplicationDefinition, true> = {
  setup: true,
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

/** Why a value is no definition; undefined when it is one. */
export function faultOf(definition: unknown): string | undefined {
  if (typeof definition !== 'object' || definition === null) return 'it is not an object with event handlers'
  for (const [name, member] of Object.entries(definition)) {
    if (!Object.hasOwn(members, name)) return `there is no event handler ${JSON.stringify(name)}`
    if (member !== undefined && typeof member !== 'function') return `${name} is not a function`
  }
  return undefined
}
