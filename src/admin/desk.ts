import type { Audit } from './audit.js'
import type { Operated } from './operated.js'
import type { Counts } from './watch/counts.js'
import type { EventLog } from './watch/event-log.js'
import type { Outages } from './watch/outages.js'
import type { Samples } from './watch/samples.js'

/** What the pages are made from. */
export interface Desk {
  readonly operated: Operated
  readonly samples: Samples
  readonly counts: Counts
  readonly events: EventLog
  readonly outages: Outages
  readonly audit: Audit
  /** In milliseconds since 1970. */
  readonly startedAt: number
}
