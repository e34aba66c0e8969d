import { onTestFinished } from 'vitest'
import { channels, type Messages, type OutageChange } from '../../src/diagnostics/channels.js'

/** What a tracing channel publishes from now until the end of the test: the messages of its operations that are done. */
export function published<Name extends keyof Messages>(name: Name): Messages[Name][] {
  const done: Messages[Name][] = []
  const { asyncEnd } = channels[name]
  const listener = (message: unknown) => void done.push(message as Messages[Name])
  asyncEnd.subscribe(listener)
  onTestFinished(() => void asyncEnd.unsubscribe(listener))
  return done
}

export function publishedOutages(): OutageChange[] {
  const changes: OutageChange[] = []
  const listener = (message: unknown) => void changes.push(message as OutageChange)
  channels.outage.subscribe(listener)
  onTestFinished(() => void channels.outage.unsubscribe(listener))
  return changes
}
