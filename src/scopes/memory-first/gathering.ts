import { AsyncResource } from 'node:async_hooks'
import type { Cancel, Clock } from '../../support/clock.js'
import type { LiveRecord } from './live-record.js'

/** How long after a save the next ones wait for each other. */
const gatherMs = 5
/** As many do not wait any longer. */
const mostGathered = 100

/**
 * Lets the saves that no response waits for leave together: one that comes alone at once, those that follow within
 * milliseconds in one turn of the event loop, so that they share a write to the store. A record that changed again is
 * saved once.
 */
export class Gathering {
  readonly #clock: Clock
  readonly #save: (live: LiveRecord) => void
  readonly #gathered = new Set<LiveRecord>()
  /** Not in the asynchronous context of one request, whose trace would get the saves of the others. */
  readonly #goOn = AsyncResource.bind(() => this.#passOn())
  readonly #passOnOutside = AsyncResource.bind(() => this.#passOnGathered())
  #pause: Cancel | undefined

  constructor(clock: Clock, save: (live: LiveRecord) => void) {
    this.#clock = clock
    this.#save = save
  }

  add(live: LiveRecord): void {
    if (!this.#pause) {
      this.#begin()
      this.#save(live)
      return
    }
    this.#gathered.add(live)
    if (this.#gathered.size >= mostGathered) this.#passOnOutside()
  }

  /** For good. What is gathered is forgotten: whoever stops has tried to save it. */
  stop(): void {
    this.#pause?.()
    this.#pause = undefined
    this.#gathered.clear()
  }

  #begin(): void {
    this.#pause = this.#clock.schedule(this.#goOn, gatherMs)
  }

  #passOn(): void {
    this.#pause = undefined
    if (this.#gathered.size === 0) return
    this.#begin()
    this.#passOnGathered()
  }

  #passOnGathered(): void {
    const gathered = [...this.#gathered]
    this.#gathered.clear()
    for (const live of gathered) this.#save(live)
  }
}
