import { describe, expect, it } from 'vitest'
import { Retries } from '../../../src/scopes/memory-first/retries.js'
import { type Logger, silentLogger } from '../../../src/support/logger.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'
import { scopeEnvironment } from '../../support/scope-environment.js'

/** Something to save that fails until the store is back. */
class Outage {
  readonly clock = new ManualClock()
  /** When each attempt was made, in milliseconds from the first failure. */
  readonly attempts: number[] = []
  isOver = false
  readonly #start = this.clock.now()
  /** The levels of what was logged. */
  readonly logged: string[] = []
  readonly retries = new Retries(scopeEnvironment({ clock: this.clock, log: this.#log() }), () => this.#flush())

  #log(): Logger {
    const [error, info] = ['error', 'info'].map((level) => () => void this.logged.push(level))
    return Object.assign(Object.create(silentLogger), { error, info })
  }

  async #flush(): Promise<number> {
    this.attempts.push(this.clock.now() - this.#start)
    if (this.isOver) return 0
    this.retries.failed(new Error('down'))
    return 1
  }
}

describe('retries', () => {
  it('begin within 250 ms and come at most every 30 s, with jitter', async () => {
    const outage = new Outage()
    outage.retries.failed(new Error('down'))
    await outage.clock.advance(600_000)
    const { attempts } = outage
    const pauses = attempts.map((attempt, index) => attempt - (attempts[index - 1] ?? 0))
    for (const [index, pause] of pauses.entries()) {
      const longest = Math.min(250 * 2 ** index, 30_000)
      expect(pause).toBeGreaterThanOrEqual(longest / 2)
      expect(pause).toBeLessThanOrEqual(longest)
    }
    expect(attempts.length).toBeGreaterThan(600_000 / 30_000)
  })

  it('log once that backups fail and once that none waits any more', async () => {
    const outage = new Outage()
    outage.retries.failed(new Error('down'))
    outage.retries.failed(new Error('still down'))
    await outage.clock.advance(10_000)
    expect(outage.logged).toEqual(['error'])
    outage.isOver = true
    await outage.clock.advance(60_000)
    expect(outage.logged).toEqual(['error', 'info'])
  })

  it('end when everything is saved, and begin anew at the next outage, quickly again', async () => {
    const outage = new Outage()
    outage.retries.failed(new Error('down'))
    await outage.clock.advance(60_000)
    outage.isOver = true
    await outage.clock.advance(60_000)
    const made = outage.attempts.length
    await outage.clock.advance(60_000)
    expect(outage.attempts).toHaveLength(made)
    outage.retries.failed(new Error('down again'))
    await outage.clock.advance(250)
    expect(outage.attempts).toHaveLength(made + 1)
  })

  it('many failures at a time make one attempt', async () => {
    const outage = new Outage()
    outage.isOver = true
    for (let n = 0; n < 100; n += 1) outage.retries.failed(new Error('down'))
    await outage.clock.advance(10_000)
    expect(outage.attempts).toHaveLength(1)
  })

  it('are over when they are stopped, also while one is under way', async () => {
    const clock = new ManualClock()
    const gate = new Gate()
    let attempts = 0
    const retries: Retries = new Retries(scopeEnvironment({ clock }), async () => {
      attempts += 1
      await gate.pass()
      retries.failed(new Error('down'))
      return 1
    })
    retries.failed(new Error('down'))
    await clock.advance(250)
    await gate.reached
    retries.stop()
    gate.open()
    await clock.advance(600_000)
    expect(attempts).toBe(1)
  })
})
