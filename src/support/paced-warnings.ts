import type { Clock } from './clock.js'

/** The time between two warnings about the same thing. */
const pauseMs = 60_000
/** So many things are told apart. All others share one pace, so that no number of them fills memory or the log. */
const most = 100
const others = ''

interface Warned {
  readonly at: number
  /** How often it happened since, without a warning. */
  quiet: number
}

/** Tells when a warning that may come with every request is due: once a minute for each thing it is about. */
export class PacedWarnings {
  readonly #clock: Pick<Clock, 'now'>
  readonly #warned = new Map<string, Warned>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** If a warning about this is due: how often it has happened since the last warning. Otherwise undefined. */
  before(subject: string): number | undefined {
    const now = this.#clock.now()
    const about = this.#warned.has(subject) || this.#warned.size < most ? subject : others
    const warned = this.#warned.get(about)
    if (warned && now - warned.at < pauseMs) {
      warned.quiet += 1
      return undefined
    }
    this.#warned.set(about, { at: now, quiet: 0 })
    return warned?.quiet ?? 0
  }
}
