import { expect, vi } from 'vitest'
import type { Page } from './shop.js'
import { Visitor } from './visitor.js'

/** A node, or what stands for one. */
interface Place {
  readonly url: string
}

interface Counter {
  readonly visitor: Visitor
  /** The last number that was acknowledged, and the last that was sent. */
  acknowledged: number
  sent: number
}

/** The page that the visitors ask for: it keeps a number, and answers with the one before. */
export const countingPages = {
  '/count': ({ session, query }) => {
    const before = session.count ?? 0
    session.count = Number(query.to)
    return before
  },
} satisfies Record<string, Page>

/** Visitors who count in their sessions, each with one request after the other, and what must not have happened to them. */
export class CountingVisitors {
  readonly #places: readonly Place[]
  readonly #counters: readonly Counter[]
  /** What was answered that contradicts what had been acknowledged, and answers that are neither 200 nor 503. */
  readonly wrongs: string[] = []
  /** Requests answered with 200. */
  acknowledged = 0
  #isOver = false
  #all: Promise<unknown> = Promise.resolve()

  constructor(places: readonly Place[], count = 6) {
    this.#places = places
    this.#counters = Array.from({ length: count }, () => ({ visitor: new Visitor(), acknowledged: 0, sent: 0 }))
  }

  /** `isSticky`: each visitor keeps to one node. */
  async begin(isSticky: boolean): Promise<void> {
    this.#all = Promise.all(this.#counters.map((counter, n) => this.#count(counter, n, isSticky)))
    await this.goesOn(5 * this.#counters.length)
  }

  /** Resolves when so many further requests have been acknowledged. */
  async goesOn(count: number): Promise<void> {
    const until = this.acknowledged + count
    await vi.waitFor(() => expect(this.acknowledged).toBeGreaterThan(until), { timeout: 60_000, interval: 20 })
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#all
  }

  /** The counters that this node finds below what was acknowledged, or above what was sent. */
  async lostAt({ url }: Place): Promise<string[]> {
    const lost: string[] = []
    for (const [n, { visitor, acknowledged, sent }] of this.#counters.entries()) {
      const { count } = (await visitor.clone().get(url, '/read')).json()
      if (!(count >= acknowledged && count <= sent)) lost.push(`${n}: ${count}, not ${acknowledged} to ${sent}`)
    }
    return lost
  }

  async #count(counter: Counter, place: number, isSticky: boolean): Promise<void> {
    while (!this.#isOver) {
      const { url } = this.#places[(isSticky ? place : place + counter.sent) % this.#places.length] as Place
      counter.sent += 1
      const { status, setCookie, text } = await counter.visitor.get(url, `/count?to=${counter.sent}`)
      const isNew = setCookie.length > 0 && counter.acknowledged > 0
      if (isNew || (status !== 200 && status !== 503)) this.wrongs.push(`${status} ${setCookie}`)
      if (status !== 200) continue
      if (Number(text) < counter.acknowledged) this.wrongs.push(`${text} after ${counter.acknowledged}`)
      counter.acknowledged = counter.sent
      this.acknowledged += 1
    }
  }
}
