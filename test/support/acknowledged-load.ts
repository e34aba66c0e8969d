import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, vi } from 'vitest'
import { bytes, start, type TestSpace } from '../../src/testing/suite/test-space.js'

const retryMs = 10

/** Writers of records of their own, and what was acknowledged to them. */
export class AcknowledgedLoad {
  readonly #space: TestSpace
  readonly #saved = new Map<string, Set<string>>()
  readonly #hits = new Map<string, { acknowledged: number; tried: number }>()
  readonly #created = new Set<string>()
  readonly failures: unknown[] = []
  acknowledged = 0
  #isOver = false
  #writers: Promise<unknown> = Promise.resolve()

  constructor(space: TestSpace) {
    this.#space = space
    onTestFinished(() => this.end())
  }

  /** Resolves when the writers, each with a record of its own, have begun. */
  async begin(writers: number): Promise<void> {
    const ids = Array.from({ length: writers }, (_, n) => `writer-${n}`)
    for (const id of ids) await this.#space.create(id)
    this.#writers = Promise.all(ids.map((id) => this.#write(id)))
    await this.acknowledges(5 * writers)
  }

  /** Resolves when so many further saves have been acknowledged. */
  async acknowledges(count: number): Promise<void> {
    const until = this.acknowledged + count
    await vi.waitFor(() => expect(this.acknowledged).toBeGreaterThan(until), { timeout: 60_000, interval: 20 })
  }

  /** Resolves when the last call has been answered. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#writers
  }

  /** What was acknowledged and is not there. */
  async lost(): Promise<string[]> {
    const lost: string[] = []
    for (const [id, names] of this.#saved) {
      const { attributes: stored, hits } = await vi.waitFor(() => this.#space.stored(id), { timeout: 20_000 })
      for (const name of names) if (!stored.has(name)) lost.push(`${id} ${name}`)
      const { acknowledged = 0, tried = 0 } = this.#hits.get(id) ?? {}
      if (hits < acknowledged || hits > tried) lost.push(`${id} has ${hits} hits, not ${acknowledged} to ${tried}`)
    }
    for (const id of this.#created) if ((await this.#space.load(id)).status !== 'loaded') lost.push(id)
    return lost
  }

  async #write(id: string): Promise<void> {
    const saved = new Set<string>()
    const hits = { acknowledged: 0, tried: 0 }
    this.#saved.set(id, saved)
    this.#hits.set(id, hits)
    for (let n = 0; !this.#isOver; n += 1) {
      const name = `attribute-${n}`
      // A record that grows for ever would only measure how long it takes to send it.
      const unset = [...saved].slice(0, Math.max(0, saved.size - 40))
      await this.#attempt(async () => {
        await this.#space.update(id, { set: new Map([[name, bytes(name)]]), unset })
        saved.add(name)
        this.acknowledged += 1
        for (const old of unset) saved.delete(old)
      })
      hits.tried += 1
      await this.#attempt(async () => {
        await this.#space.load(id, { touch: { touchedAt: start, hits: 1 } })
        hits.acknowledged += 1
      })
      if (n % 5 === 0)
        await this.#attempt(async () => {
          await this.#space.create(`${id}-${n}`)
          this.#created.add(`${id}-${n}`)
        })
    }
  }

  /** One failure is enough to look at if nothing but failures come. */
  async #fail(error: unknown): Promise<void> {
    this.failures.push(error)
    if (this.failures.length > 10_000) this.#isOver = true
    // A refused connection fails at once: without a pause a fast machine fails ten thousand times before the client connects again.
    await pause(retryMs)
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    await work().catch((error) => this.#fail(error))
  }
}
