import type { Fault } from './faults.js'
import type { Topology } from './topology.js'

/** A store that faults strike. */
export interface Store {
  /** As its section of docs/faults.md is called. */
  readonly title: string
  /** Of each fault, unless the command says otherwise. */
  readonly runs: number
  readonly faults: Readonly<Record<string, Fault<Topology>>>
  /** What stands below its table, in Markdown: which faults spare what, and what the store itself can lose. */
  readonly remarks: string
}
