import { type Channel, channel } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { Logger } from '../support/logger.js'
import type { Emit, ScopeEventMap } from './events.js'

/** To look for one by its whole name would take as long as the rest of an event. */
const channels = new Map<keyof ScopeEventMap, Channel>()

/**
 * Emits an application's events to its own listeners, and publishes them on diagnostics_channel as `koa-scopes:<event>`,
 * with the application's name added, for tools that observe the whole process.
 */
export function announcer(application: string, events: EventEmitter<ScopeEventMap>, log: Logger): Emit {
  return (event, what) => {
    const diagnostics = channelOf(event)
    if (diagnostics.hasSubscribers) diagnostics.publish({ application, ...what })
    try {
      events.emit<never>(event as never, ...([what] as never))
    } catch (error) {
      log.error({ event, err: error }, 'a listener of an event failed') // a listener must not fail what was done
    }
  }
}

function channelOf(event: keyof ScopeEventMap): Channel {
  const known = channels.get(event)
  if (known) return known
  const made = channel(`koa-scopes:${event}`)
  channels.set(event, made)
  return made
}
