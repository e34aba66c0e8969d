import type { ScopeEventMap } from '../../src/scopes/events.js'
import type { Node } from './test-store.js'

/** What an application tells from now on, in order. */
export function heard<E extends keyof ScopeEventMap>({ app }: Node, event: E): ScopeEventMap[E][0][] {
  const told: ScopeEventMap[E][0][] = []
  app.events.on<never>(event as never, ((what: ScopeEventMap[E][0]) => void told.push(what)) as never)
  return told
}
