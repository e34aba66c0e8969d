import { channels } from '../../diagnostics/channels.js'
import { traced } from '../../diagnostics/traced.js'
import type { ScopeBasics } from '../environment.js'
import type { EndedRecord } from './ended-record.js'

/** Called with an expired or ended record. */
export type EndHandler = (ended: EndedRecord) => Promise<void>

/** Runs the end handler of a record, and publishes its end, which also a record without an end handler has. */
export function runEndHandler(
  { application, kind: scope }: ScopeBasics,
  ended: EndedRecord,
  onEnd: EndHandler | undefined,
): Promise<void> | undefined {
  if (!channels.end.hasSubscribers) return onEnd?.(ended)
  const { attempt, id, reason } = ended
  return traced(channels.end, { application, scope, id, reason, attempt }, () => onEnd?.(ended))
}
