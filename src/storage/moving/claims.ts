import type { CallOptions, Claim, ClaimOptions, EpochMs, Space } from '../contract.js'
import { isOutage } from '../guard/availability.js'
import { moved } from '../record.js'
import { arrive, type Route, sortingLeaseMs } from './move.js'

/** Before a token: the store that the claim is of. */
const marks = { write: 'w:', fallback: 'f:' } as const
type Origin = keyof typeof marks

/** At least as long as any node claims a record on its way. */
const longestLeaseMs = 60_000

/** How long a due record that was found on the way is kept for the next sweep. */
const keptMs = 30_000

/** At most so many due records are looked at to find those that are on their way. */
const mostRounds = 10
const roundSize = 100

type Renewal = CallOptions & { readonly leaseMs: number }

/**
 * The claims on the due records of both stores. Those that are on their way are brought to their end; all others go to the
 * reaper, marked with their store. While one of the stores is unavailable no record ends: a record that has arrived in the other
 * may still be in it, and must not be brought in a second time after its end.
 */
export class Claims {
  /** To the new store; due records found on the way are kept for the next sweep. */
  readonly route: Route
  readonly #write: Space
  readonly #fallback: Space
  /** Claims on due records that were found otherwise than by a sweep; their ends wait for the next one. */
  #found: Claim[] = []
  readonly #courtesyMs: number

  /**
   * `courtesyMs`: how long a sweep leaves a record that has been taken away to the node that moves it. Other ends of the old
   * store are this much late.
   */
  constructor(route: Omit<Route, 'onDue'>, courtesyMs: number) {
    this.#courtesyMs = courtesyMs
    this.route = { ...route, onDue: (claim, store, now) => this.#keep(claim, store, now) }
    this.#write = route.to
    this.#fallback = route.from
  }

  async claim(options: ClaimOptions): Promise<readonly Claim[]> {
    const earlier = await this.#takeFound(options)
    // Others are there that wait for a store that is unavailable; more claims would only wait with them.
    if (this.#foundFor(options).length > 0) return earlier
    const limit = options.limit - earlier.length
    const old = limit > 0 ? await this.#claimOld({ ...options, limit }) : []
    const found = limit > old.length ? await this.#takeFound({ ...options, limit: limit - old.length }) : []
    const claims = [...earlier, ...old, ...found]
    if (claims.length === options.limit) return claims
    try {
      return [...claims, ...(await this.#claimNew({ ...options, limit: options.limit - claims.length }))]
    } catch (error) {
      // The others are claimed already, and would be given out again with a higher attempt.
      if (!isOutage(error) || claims.length === 0) throw error
      return claims
    }
  }

  renew(claims: readonly Claim[], options: Renewal): Promise<readonly string[]> {
    return this.#ofEach(claims, (store, its) => store.renew(its, options))
  }

  async settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    await Promise.all(claims.map((claim) => this.#forgetRest(claim, options.now).catch(ifOutage)))
    return this.#ofEach(claims, (store, its) => store.settle(its, options))
  }

  /**
   * Brings in what is on its way from this store. Other due records that are found with it are kept for the next sweep. After
   * `mostRounds` rounds it gives up: those that became due last are then still on their way.
   */
  async finishMoves(origin: Origin, now: EpochMs): Promise<void> {
    const [from, to] = origin === 'write' ? [this.#write, this.#fallback] : [this.#fallback, this.#write]
    for (let rounds = 0; rounds < mostRounds; rounds += 1) {
      const claims = await from.claimExpired({ now, limit: roundSize, leaseMs: sortingLeaseMs })
      const due = await this.#sorted(claims, { ...this.route, from, to }, { now, leaseMs: keptMs })
      this.#found.push(...due.map((claim) => marked(claim, origin)))
      if (claims.length < roundSize) return
    }
  }

  async #claimOld(options: ClaimOptions): Promise<readonly Claim[]> {
    const isSweep = options.id === undefined
    const { now, leaseMs } = options
    const lateMs = isSweep ? this.#courtesyMs : 0
    const claims = await this.#fallback.claimExpired({
      ...options,
      now: now - lateMs,
      leaseMs: lateMs + sortingLeaseMs,
    })
    const due = await this.#sorted(claims, this.route, { now, leaseMs })
    return this.#cleared(
      due.map((claim) => marked(claim, 'fallback')),
      now,
    )
  }

  /** A record of the new store that is on its way is one that a node with the opposite configuration moves back. */
  async #claimNew(options: ClaimOptions): Promise<readonly Claim[]> {
    const { now, leaseMs } = options
    const claims = await this.#write.claimExpired({ ...options, leaseMs: sortingLeaseMs })
    const due = await this.#sorted(claims, { ...this.route, from: this.#write, to: this.#fallback }, { now, leaseMs })
    return this.#cleared(
      due.map((claim) => marked(claim, 'write')),
      now,
    )
  }

  /**
   * Brings in those that are on their way, which gives up their lease, so that a visitor's request does not wait for this node.
   * Returns the others, under the reaper's lease.
   */
  async #sorted(claims: readonly Claim[], route: Route, { leaseMs, now }: Renewal): Promise<readonly Claim[]> {
    const [due, onTheirWay] = [claims.filter(isDue), claims.filter((claim) => !isDue(claim))]
    const held = new Set(due.length > 0 ? await route.from.renew(due, { now, leaseMs }) : [])
    await Promise.all(onTheirWay.map((claim) => arrive(route, claim, now).catch(ifOutage)))
    return due.filter(({ record }) => held.has(record.id))
  }

  /** The claims whose records the other store has no more. The others wait for the next sweep. */
  async #cleared(claims: readonly Claim[], now: EpochMs): Promise<readonly Claim[]> {
    const cleared = claims.map(async (claim) => {
      try {
        await this.#forgetRest(claim, now)
        return [claim]
      } catch (error) {
        ifOutage(error)
        this.#found.push(claim)
        return []
      }
    })
    return (await Promise.all(cleared)).flat()
  }

  /**
   * Removes what the other store may still have of a record that has ended, also if another node has a claim on it: that node
   * would bring it in once more. A record that has ended has not left its store since, so what the other one has is older.
   */
  async #forgetRest(ended: Claim, now: EpochMs): Promise<void> {
    const other = isNew(ended) ? this.#fallback : this.#write
    const options = { id: ended.record.id, limit: 1, leaseMs: 0, now: now + longestLeaseMs }
    for (const claim of await other.claimExpired(options)) {
      if (isDue(claim)) await this.#keep(claim, other, now)
      else await other.settle([claim], { now })
    }
  }

  /** Until the next sweep, under a lease that no other visit takes over: each claim counts as an attempt. */
  async #keep(claim: Claim, store: Space, now: EpochMs): Promise<void> {
    await store.renew([claim], { now, leaseMs: keptMs })
    this.#found.push(marked(claim, store === this.#write ? 'write' : 'fallback'))
  }

  /** Those found that still hold, under the caller's lease. */
  async #takeFound(options: ClaimOptions): Promise<readonly Claim[]> {
    const taken = this.#foundFor(options).slice(0, options.limit)
    if (taken.length === 0) return []
    this.#found = this.#found.filter((claim) => !taken.includes(claim))
    const held = new Set(await this.renew(taken, options))
    const still = taken.filter(({ record }) => held.has(record.id))
    return this.#cleared(still, options.now)
  }

  #foundFor({ id }: ClaimOptions): readonly Claim[] {
    return this.#found.filter(({ record }) => id === undefined || id === record.id)
  }

  async #ofEach(
    claims: readonly Claim[],
    ask: (store: Space, its: readonly Claim[]) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const ofWrite = claims.filter(isNew)
    const ofFallback = claims.filter((claim) => !isNew(claim))
    const ids = await Promise.all([
      ofWrite.length > 0 ? ask(this.#write, ofWrite.map(plain)) : [],
      ofFallback.length > 0 ? ask(this.#fallback, ofFallback.map(plain)) : [],
    ])
    return ids.flat()
  }
}

const isDue = ({ record }: Claim): boolean => record.ending !== moved

const marked = (claim: Claim, origin: Origin): Claim => ({ ...claim, token: marks[origin] + claim.token })
const plain = (claim: Claim): Claim => ({ ...claim, token: claim.token.slice(marks.write.length) })
const isNew = ({ token }: Claim): boolean => token.startsWith(marks.write)

/** Goes on after an outage, which is reported already: a later sweep finds what was not done. Throws any other error. */
function ifOutage(error: unknown): void {
  if (!isOutage(error)) throw error
}
