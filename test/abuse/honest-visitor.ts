import { setTimeout as pause } from 'node:timers/promises'
import { shareOf } from '../faults/random.js'
import { Visitor } from '../support/visitor.js'
import type { Phase, Visit } from './history.js'

const deeds: readonly (readonly [Visit['deed'], number])[] = [
  ['write', 30],
  ['increment', 15],
  ['lock', 5],
]
const pauseMs = { least: 100, most: 400 }
const patienceMs = 20_000

/** A visitor who is logged in, and goes on until told to stop. */
export class HonestVisitor {
  readonly #name: string
  readonly #url: string
  readonly #random: () => number
  readonly #log: (visit: Visit) => void
  readonly #jar = new Visitor()
  #writes = 0

  constructor(name: string, url: string, random: () => number, log: (visit: Visit) => void) {
    this.#name = name
    this.#url = url
    this.#random = random
    this.#log = log
  }

  /** The id of its session, which is no secret. */
  get id(): string {
    return this.#jar.cookies.get('shop_sid')?.split('.')[0] ?? ''
  }

  begin(): Promise<void> {
    return this.#send('begin', 'quiet', { principal: this.#name })
  }

  async visit(phase: () => Phase, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await pause(pauseMs.least + this.#random() * (pauseMs.most - pauseMs.least))
      const deed = shareOf(deeds, 'read', this.#random)
      if (deed === 'write') await this.#send(deed, phase(), { value: `${this.#name}#${++this.#writes}` })
      else await this.#send(deed, phase())
    }
    await this.#send('read', phase())
  }

  async #send(deed: Visit['deed'], phase: Phase, query: Readonly<Record<string, string>> = {}): Promise<void> {
    const start = performance.now()
    const { seen, status, sum } = await this.#answer(`/${deed}?${new URLSearchParams(query)}`)
    const wrote = query.value ?? sum
    const visit: Visit = { visitor: this.#name, phase, deed, start, end: performance.now(), status }
    this.#log({ ...visit, ...(wrote !== undefined && { wrote }), ...(seen !== undefined && { seen }) })
  }

  async #answer(path: string): Promise<Pick<Visit, 'status' | 'seen'> & { readonly sum?: number }> {
    try {
      const { status, text } = await this.#jar.get(this.#url, path, { signal: AbortSignal.timeout(patienceMs) })
      return { status, ...(text.startsWith('{') && JSON.parse(text)) }
    } catch {
      return { status: 0 } // judged as no answer
    }
  }
}
