import { randomUUID } from 'node:crypto'
import type { CallOptions, Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import type { Argument } from './client.js'
import type { Call, RedisConnection } from './connection.js'
import type { Bucket, Keyspace } from './keys.js'
import { type ClaimReply, claimsOf } from './replies.js'
import { Rounds } from './rounds.js'
import { type Script, scripts } from './scripts.js'

interface Due {
  readonly bucket: Bucket
  readonly at: EpochMs
}

/** Leases expired records. A sweep looks into a few buckets, so that its cost does not grow with their number. */
export class Claims {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #graceMs: number
  readonly #rounds: Rounds

  constructor(connection: RedisConnection, keys: Keyspace, graceMs: number) {
    this.#connection = connection
    this.#keys = keys
    this.#graceMs = graceMs
    this.#rounds = new Rounds(keys.buckets)
  }

  async claim(options: ClaimOptions): Promise<readonly Claim[]> {
    if (options.id !== undefined) return claimsOf([await this.#claimIn(this.#keys.bucketOf(options.id), 1, options)])
    const buckets = this.#rounds.next(options.now)
    const claims: Claim[] = []
    while (claims.length < options.limit) {
      const left = options.limit - claims.length
      const due = await this.#look(buckets, { ...options, limit: left })
      if (due.length === 0) return claims
      const shares = sharesOf(due.slice(0, left))
      const replies = await Promise.all([...shares].map(([bucket, share]) => this.#claimIn(bucket, share, options)))
      claims.push(...claimsOf(replies))
    }
    for (const bucket of buckets) this.#rounds.expect(bucket, options.now)
    return claims
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<string[]> {
    const { now, leaseMs, signal } = options
    const times = [now + leaseMs, leaseMs + this.#graceMs]
    return this.#held(scripts.renew, claims, ({ due }) => [due], times, { operation: 'renew', signal })
  }

  settle(claims: readonly Claim[], { signal }: CallOptions): Promise<string[]> {
    return this.#held(scripts.settle, claims, ({ due, ids }) => [due, ids], [], { operation: 'settle', signal })
  }

  /** What has fallen due in these buckets, longest due first. */
  async #look(buckets: readonly Bucket[], { now, limit, signal }: ClaimOptions): Promise<Due[]> {
    const call = { operation: 'claimExpired', signal }
    const found = await Promise.all(
      buckets.map(async (bucket) => {
        const reply = await this.#connection.run<Buffer[]>(scripts.due, [bucket.due], [now, limit], call)
        const times = reply.map(Number)
        this.#rounds.expect(
          bucket,
          times.find((at) => at > now),
        )
        return times.filter((at) => at <= now).map((at) => ({ bucket, at }))
      }),
    )
    return found.flat().sort((a, b) => a.at - b.at)
  }

  #claimIn(bucket: Bucket, share: number, { now, leaseMs, id, signal }: ClaimOptions): Promise<ClaimReply> {
    const only = id === undefined ? '' : `=${id}`
    const tokens = Array.from({ length: share }, () => randomUUID())
    const parameters = [now, now + leaseMs, leaseMs + this.#graceMs, only, ...tokens]
    const call = { operation: 'claimExpired', signal }
    return this.#connection.run(scripts.claim, [bucket.due, bucket.ids], parameters, call)
  }

  /** Runs the script once in each bucket; the ids of those claims it found to be held. */
  async #held(
    script: Script,
    claims: readonly Claim[],
    keysOf: (bucket: Bucket) => string[],
    parameters: readonly Argument[],
    call: Call,
  ): Promise<string[]> {
    const held = await Promise.all(
      [...this.#byBucket(claims)].map(async ([bucket, inBucket]) => {
        const keys = [...keysOf(bucket), ...inBucket.map(({ record }) => bucket.record(record.id))]
        const tokens = inBucket.map(({ token }) => token)
        const reply = await this.#connection.run<number[]>(script, keys, [...parameters, ...tokens], call)
        return inBucket.filter((_, n) => reply[n] === 1).map(({ record }) => record.id)
      }),
    )
    return held.flat()
  }

  #byBucket(claims: readonly Claim[]): Map<Bucket, Claim[]> {
    const groups = new Map<Bucket, Claim[]>()
    for (const claim of claims) {
      const bucket = this.#keys.bucketOf(claim.record.id)
      groups.set(bucket, [...(groups.get(bucket) ?? []), claim])
    }
    return groups
  }
}

/** How many each bucket gives. */
function sharesOf(due: readonly Due[]): Map<Bucket, number> {
  const shares = new Map<Bucket, number>()
  for (const { bucket } of due) shares.set(bucket, (shares.get(bucket) ?? 0) + 1)
  return shares
}
