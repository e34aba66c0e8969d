import type { Claim, EpochMs, ListPage, Space } from '../../src/storage/contract.js'
import type { Ask, Holds } from './ask.js'
import { Belief, type Heard } from './belief.js'
import { callOf, principalOf } from './call-of.js'
import type { Call } from './calls.js'
import { defined } from './chance.js'
import { Listing } from './listing.js'
import { type Cast, nth } from './odd-texts.js'
import type { Oracle } from './oracle.js'
import type { Step } from './script.js'
import type { Store } from './store.js'

const start = Date.UTC(2026, 0, 1)
/** By how much the clocks of the nodes are wrong. */
const skews = [0, -1_000, 60_000]

/** Some nodes that use a fresh space of one store, and what their calls tell of it. */
export class World {
  readonly cast: Cast
  readonly #store: Store
  readonly #name: string
  readonly #belief = new Belief()
  readonly #claims: Claim[] = []
  /** Of each id, the version it had when a call first named one. */
  readonly #earlierVersions = new Map<string, string>()
  #spaces: readonly Space[]
  #time = start
  #versions = 0
  #listing: Listing | undefined

  constructor(store: Store, cast: Cast) {
    this.cast = cast
    this.#store = store
    this.#name = store.freshName()
    this.#spaces = store.spaces(this.#name)
  }

  get countsExactly(): boolean {
    return this.#store.countsExactly
  }

  /** One of the states that the space may be in. */
  get oracle(): Oracle {
    return this.#belief.oracle
  }

  get time(): EpochMs {
    return this.#time
  }

  /** Makes the calls at once. Throws when their answers are not those of the contract. */
  async play(steps: readonly Step[]): Promise<void> {
    const [first] = steps
    if (first?.ask.do === 'restart') return this.#restart()
    const heard = await Promise.all(steps.map((step) => this.#send(step)))
    this.#belief.learn(heard)
    for (const { answer } of heard) if (Array.isArray(answer)) this.#claims.push(...answer.filter(isClaim))
    if (first) this.#goOnListing(first, heard[0]?.answer)
  }

  /** Makes calls of which none changes what another answers, through each connection in turn. */
  async look(calls: readonly Call[]): Promise<void> {
    const answers = await Promise.all(calls.map((call, n) => call.send(nth(this.#spaces, n))))
    for (const [n, call] of calls.entries()) this.#belief.learn([{ call, answer: answers[n] }])
  }

  async #restart(): Promise<void> {
    await this.#store.restart()
    this.#spaces = this.#store.spaces(this.#name)
  }

  async #send({ node, pass, ask }: Step): Promise<Heard> {
    this.#time += pass
    const call = this.#callOf(ask, this.#time + nth(skews, node))
    return { call, answer: await call.send(nth(this.#spaces, node)) }
  }

  #callOf(ask: Ask, now: EpochMs): Call {
    switch (ask.do) {
      case 'restart':
        throw new TypeError('Nothing else happens during a restart')
      case 'page': {
        const query = defined({ limit: ask.limit, principal: principalOf(ask, this.cast) })
        this.#listing ??= new Listing(query, this.oracle, now)
        return this.#listing.page(now)
      }
      default:
        this.#versions += 1
        return callOf(ask, {
          cast: this.cast,
          now,
          version: `v${this.#versions}`,
          versionOf: (id, holds) => this.#versionOf(id, holds),
          claims: this.#claims,
          countsExactly: this.countsExactly,
        })
    }
  }

  #versionOf(id: string, holds: Holds): string {
    const present = this.oracle.rows.get(id)?.head.version
    if (holds === 'never' || present === undefined) return 'never'
    const earlier = this.#earlierVersions.get(id) ?? present
    this.#earlierVersions.set(id, earlier)
    return { earlier, present }[holds]
  }

  #goOnListing({ ask, node }: Step, answer: unknown): void {
    const isPage = ask.do === 'page'
    this.#listing?.narrow(this.oracle, isPage ? this.#time + nth(skews, node) : undefined)
    if (isPage && this.#listing?.took(answer as ListPage)) this.#listing = undefined
  }
}

const isClaim = (answer: unknown): answer is Claim => typeof answer === 'object' && answer !== null && 'token' in answer
