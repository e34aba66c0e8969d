import type { Notices } from './notices.js'

/** The settings that the parts of a space share besides its keys. */
export interface SpaceSettings {
  /** How long Redis keeps an expired record. */
  readonly graceMs: number
  /** The instruction for scripts which changes to publish, made by Notices. */
  readonly notify: string
  readonly notices: Notices
}
