import { setTimeout as pause } from 'node:timers/promises'
import { wait } from '../../src/support/clock.js'
import { systemClock } from '../../src/support/steady-clock.js'
import { idIn } from '../faults/inspection.js'
import { oneOf, shareOf } from '../faults/random.js'
import type { Visit } from './history.js'
import type { Ask, Requests } from './requests.js'

type ShortTurn = 'read' | 'write' | 'remove' | 'increment' | 'lock' | 'rotate' | 'login' | 'timeout' | 'find'
/** `slow`: a write whose handler waits; `brink`: when the session is about to expire. */
type Turn = ShortTurn | 'several' | 'slow' | 'brink'
type Farewell = 'silence' | 'invalidate' | 'end' | 'endOthers' | 'endAmongOthers'

/** How often each is chosen, in a hundred times; writes and silence are the rest. */
const turns: readonly (readonly [Turn, number])[] = [
  ['read', 10],
  ['remove', 4],
  ['increment', 14],
  ['lock', 8],
  ['rotate', 6],
  ['login', 12],
  ['timeout', 4],
  ['find', 4],
  ['several', 14],
  ['slow', 4],
  ['brink', 4],
]
const farewells: readonly (readonly [Farewell, number])[] = [
  ['invalidate', 12],
  ['end', 8],
  ['endOthers', 3],
  ['endAmongOthers', 15],
]
/** What may go on at the same time. */
const amongOthers: readonly (readonly [ShortTurn, number])[] = [
  ['increment', 22],
  ['lock', 11],
  ['read', 11],
  ['rotate', 11],
  ['login', 11],
  ['timeout', 11],
]
/** How end handlers fare. */
const handlers: readonly (readonly [string, number])[] = [
  ['slow', 12],
  ['fails once', 6],
  ['fails', 1],
]
const counters = ['a', 'b', 'c']
const longestPauseMs = 200

/** One session, from its begin to some time after its end. */
export class SoakVisitor {
  readonly #about: Pick<Visit, 'session' | 'principal'>
  readonly #requests: Requests
  readonly #random: () => number
  #timeoutMs: number
  #writes = 0

  constructor(about: Pick<Visit, 'session' | 'principal'>, requests: Requests, random: () => number) {
    this.#about = about
    this.#requests = requests
    this.#random = random
    this.#timeoutMs = this.#someTimeout()
  }

  /** Does no more than it must from the moment of `closing` on. */
  async live(closing: AbortSignal): Promise<void> {
    await this.#begin()
    for (let left = 2 + this.#random() * 8; left > 0 && this.#requests.isOpen && !closing.aborted; left -= 1) {
      await pause(this.#random() * longestPauseMs)
      await this.#take(shareOf(turns, 'write', this.#random))
    }
    if (this.#requests.isOpen) await this.#leave(shareOf(farewells, 'silence', this.#random))
    await this.#lookBack(closing)
  }

  async #begin(): Promise<void> {
    const lifetime = this.#random() < 0.15 ? 1_500 + Math.floor(this.#random() * 2_500) : undefined
    const query = {
      name: this.#about.session,
      atEnd: shareOf(handlers, 'well', this.#random),
      timeout: `${this.#timeoutMs}ms`,
      ...(lifetime && { lifetime: `${lifetime}ms` }),
    }
    const told = { timeout: this.#timeoutMs, ...(lifetime && { lifetime }) }
    await this.#requests.send({ deed: 'begin', query, told })
  }

  async #take(turn: Turn): Promise<void> {
    if (turn === 'slow') return this.#write({ nap: Math.round(this.#timeoutMs * (0.5 + this.#random() * 0.7)) })
    if (turn === 'several') return this.#takeSeveral()
    if (turn !== 'brink') return this.#takeShort(turn)
    await pause(this.#timeoutMs - 40 + this.#random() * 50)
    await this.#takeSeveral()
  }

  async #takeSeveral(): Promise<void> {
    const together = Array.from({ length: 2 + Math.floor(this.#random() * 2) }, () =>
      shareOf(amongOthers, 'write', this.#random),
    )
    await Promise.all(together.map((turn) => this.#takeShort(turn)))
  }

  async #takeShort(turn: ShortTurn): Promise<void> {
    if (turn === 'write') return this.#write()
    if (turn === 'remove') return this.#write({ value: '' })
    await this.#requests.send(this.#asking(turn))
  }

  #asking(turn: Exclude<ShortTurn, 'write' | 'remove'>): Ask {
    if (turn === 'login' || turn === 'find') return { deed: turn, query: { principal: this.#about.principal } }
    if (turn === 'lock') return { deed: turn, query: { nap: `${Math.floor(this.#random() * 30)}` } }
    if (turn !== 'timeout') return { deed: turn }
    this.#timeoutMs = this.#someTimeout()
    return { deed: turn, query: { timeout: `${this.#timeoutMs}ms` }, told: { timeout: this.#timeoutMs } }
  }

  async #write({ value = `${this.#about.session}#${++this.#writes}`, nap = 0 } = {}): Promise<void> {
    const wrote = { counter: oneOf(counters, this.#random), value }
    await this.#requests.send({ deed: 'write', query: { ...wrote, nap: `${nap}` }, told: { wrote, nap } })
  }

  async #leave(farewell: Farewell): Promise<void> {
    if (farewell === 'silence') return
    if (farewell !== 'endAmongOthers') return this.#end(farewell)
    const end = oneOf(['invalidate', 'end', 'endOthers'] as const, this.#random)
    await Promise.all([this.#takeSeveral(), this.#end(end)])
  }

  async #end(deed: 'invalidate' | 'end' | 'endOthers'): Promise<void> {
    const id = idIn(this.#requests.cookie ?? '')
    await this.#requests.send({ deed, query: { id, principal: this.#about.principal } })
  }

  /** With cookies it has or had, while the session ends and after its end. */
  async #lookBack(closing: AbortSignal): Promise<void> {
    const looks = [0.1, 1, 2].map(async (times) => {
      await wait(systemClock, this.#random() * times * this.#timeoutMs, closing)
      const { cookies } = this.#requests
      if (cookies.length > 0) await this.#requests.send({ deed: 'read' }, oneOf(cookies, this.#random))
    })
    await Promise.all(looks)
  }

  #someTimeout(): number {
    return 800 + Math.floor(this.#random() * 2_200)
  }
}
