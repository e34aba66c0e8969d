import { randomUUID } from 'node:crypto'
import type { CallOptions, Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import { type Call, callOf, throwIfGivenUp } from '../network/call.js'
import type { Argument } from './client.js'
import type { RedisConnection } from './connection.js'
import type { Bucket, Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'
import { type ClaimReply, claimsOf, formerOwner, type RemoveReply } from './replies.js'
import { Rounds } from './rounds.js'
import { type Script, scripts } from './scripts.js'
import type { SpaceSettings } from './settings.js'

interface Due {
  readonly bucket: Bucket
  readonly at: EpochMs
}

/** The claims of a space. A sweep looks into a few buckets only, so that its cost does not grow with their number. */
export class Claims {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex
  readonly #settings: SpaceSettings
  readonly #rounds: Rounds

  constructor(connection: RedisConnection, keys: Keyspace, principals: PrincipalIndex, settings: SpaceSettings) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
    this.#settings = settings
    this.#rounds = new Rounds(keys.buckets)
  }

  async claim(options: ClaimOptions): Promise<readonly Claim[]> {
    const call = callOf('claimExpired', options)
    if (options.id !== undefined)
      return claimsOf([await this.#claimIn(this.#keys.bucketOf(options.id), 1, options, call)])
    const buckets = this.#rounds.next(options.now)
    const claims: Claim[] = []
    while (claims.length < options.limit) {
      const left = options.limit - claims.length
      const due = await this.#look(buckets, options.now, left, call)
      if (due.length === 0) return claims
      throwIfGivenUp(call)
      const shares = sharesOf(due.slice(0, left))
      const replies = await Promise.all(
        [...shares].map(([bucket, share]) => this.#claimIn(bucket, share, options, call)),
      )
      claims.push(...claimsOf(replies))
    }
    for (const bucket of buckets) this.#rounds.expect(bucket, options.now)
    return claims
  }

  async renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<string[]> {
    const { now, leaseMs } = options
    const call = callOf('renew', options)
    const times = [now + leaseMs, leaseMs + this.#settings.graceMs]
    const renewed = await this.#each<number>(scripts.renew, claims, ({ due }) => [due], times, call)
    return renewed.flatMap(([id, isHeld]) => (isHeld ? [id] : []))
  }

  async settle(claims: readonly Claim[], options: CallOptions): Promise<string[]> {
    const call = callOf('settle', options)
    const replies = await this.#each<RemoveReply>(scripts.settle, claims, ({ due, ids }) => [due, ids], [], call)
    const settled = replies.flatMap(([id, owner]) => (owner ? [{ id, ownership: formerOwner(owner) }] : []))
    await Promise.all(settled.map(({ id, ownership }) => ownership && this.#principals.forget(id, ownership)))
    return settled.map(({ id }) => id)
  }

  /** The due times up to now in these buckets, earliest first. */
  async #look(buckets: readonly Bucket[], now: EpochMs, limit: number, call: Call): Promise<Due[]> {
    const found = await Promise.all(
      buckets.map(async (bucket) => {
        const reply = await this.#connection.run<Buffer[]>(scripts.due, [bucket.due], [now, limit], call)
        const times = reply.map(Number)
        const next = times.find((at) => at > now)
        this.#rounds.expect(bucket, next)
        return times.filter((at) => at <= now).map((at) => ({ bucket, at }))
      }),
    )
    return found.flat().sort((a, b) => a.at - b.at)
  }

  #claimIn(bucket: Bucket, share: number, { now, leaseMs, id }: ClaimOptions, call: Call): Promise<ClaimReply> {
    const only = id === undefined ? '' : `=${id}`
    const { graceMs, notify } = this.#settings
    const parameters = [now, now + leaseMs, leaseMs + graceMs, only, share, randomUUID(), notify]
    return this.#connection.run(scripts.claim, [bucket.due, bucket.ids], parameters, call)
  }

  /** Runs the script once in each bucket; returns its reply for each claim, by id. */
  async #each<Reply>(
    script: Script,
    claims: readonly Claim[],
    keysOf: (bucket: Bucket) => string[],
    parameters: readonly Argument[],
    call: Call,
  ): Promise<(readonly [id: string, reply: Reply])[]> {
    const replies = await Promise.all(
      [...this.#byBucket(claims)].map(async ([bucket, inBucket]) => {
        const keys = [...keysOf(bucket), ...inBucket.map(({ record }) => bucket.record(record.id))]
        const tokens = inBucket.map(({ token }) => token)
        const reply = await this.#connection.run<Reply[]>(script, keys, [...parameters, ...tokens], call)
        return inBucket.map(({ record }, n) => [record.id, reply[n] as Reply] as const)
      }),
    )
    return replies.flat()
  }

  #byBucket(claims: readonly Claim[]): Map<Bucket, Claim[]> {
    const groups = new Map<Bucket, Claim[]>()
    for (const claim of claims) {
      const bucket = this.#keys.bucketOf(claim.record.id)
      const group = groups.get(bucket)
      if (group) group.push(claim)
      else groups.set(bucket, [claim])
    }
    return groups
  }
}

/** How many records to claim in each bucket. */
function sharesOf(due: readonly Due[]): Map<Bucket, number> {
  const shares = new Map<Bucket, number>()
  for (const { bucket } of due) shares.set(bucket, (shares.get(bucket) ?? 0) + 1)
  return shares
}
