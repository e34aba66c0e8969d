import type { EventHandlers } from '../../src/koa/handlers.js'
import type { OpenScopes } from './shop.js'

interface End {
  readonly session: object
  readonly reason: string
  readonly attempt: number
}

/** The ends of sessions, in order, as they are told to the handler that comes with them. */
export function recordEnds(): { readonly ends: End[]; readonly handlers: EventHandlers<OpenScopes> } {
  const ends: End[] = []
  const handlers: EventHandlers<OpenScopes> = {
    onSessionEnd: ({ session, reason, attempt }) => void ends.push({ session: { ...session }, reason, attempt }),
  }
  return { ends, handlers }
}
