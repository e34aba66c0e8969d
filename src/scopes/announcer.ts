import { channel } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { Logger } from '../support/logger.js'
import type { Emit, ScopeEventMap } from './events.js'

/**
 * Emits an application's events to its own listeners, and publishes them on diagnostics_channel as `koa-scopes:<event>`,
 * with the application's name added, for tools that observe the whole process.
 */
export function announcer(application: string, events: EventEmitter<ScopeEventMap>, log: Logger): Emit {
  return (event, what) => {
    const diagnostics = channel(`koa-scopes:${event}`)
    if (diagnostics.hasSubscribers) diagnostics.publish({ application, ...what })
    try {
      events.emit<never>(event as never, ...([what] as never))
    } catch (error) {
      log.error({ event, err: error }, 'a listener of an event failed') // a listener must not fail what was done
    }
  }
}
