import type { Notices } from './notices.js'

/** What the parts of a space are told of it besides its keys. */
export interface SpaceSettings {
  /** How long Redis keeps an expired record. */
  readonly graceMs: number
  /** For scripts: what other nodes are told, as Notices says it. */
  readonly tell: string
  readonly notices: Notices
}
