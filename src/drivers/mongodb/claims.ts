import { randomUUID } from 'node:crypto'
import type { CallOptions, Claim, ClaimOptions } from '../../storage/contract.js'
import { recordWith } from '../../storage/record.js'
import { isDue } from '../../storage/steps.js'
import { type Call, callOf, throwIfGivenUp } from '../network/call.js'
import { type Found, foundIn, withoutAttributes } from './document.js'
import type { Records } from './records.js'
import { DocumentUpdate } from './update.js'

/** The most rounds of one `claimExpired` call. */
const mostRounds = 20
/** The fewest records that are read when some have to be queued anew. */
const leastQueued = 250

/** The claims of a space. A hundred records take three commands, and two more if they were touched after they were created. */
export class Claims {
  readonly #records: Records

  constructor(records: Records) {
    this.#records = records
  }

  async claim(options: ClaimOptions): Promise<readonly Claim[]> {
    const call = callOf('claimExpired', options)
    const claims: Claim[] = []
    for (let round = 0; round < mostRounds && claims.length < options.limit; round += 1) {
      const left = options.limit - claims.length
      const due =
        options.id === undefined
          ? await this.#firstDue(left, options, call)
          : await this.#one(options.id, options, call)
      if (due?.length === 0) break
      if (!due) continue
      throwIfGivenUp(call)
      const claimed = await this.#take(due, options, call)
      claims.push(...claimed)
      if (options.id !== undefined && claimed.length > 0) break
      // Other callers claimed all of them, and may be about to claim the next ones too.
      if (claimed.length === 0) await this.#records.pause(round, call)
    }
    return claims
  }

  async renew(
    claims: readonly Claim[],
    options: CallOptions & { readonly leaseMs: number },
  ): Promise<readonly string[]> {
    const call = callOf('renew', options)
    const until = options.now + options.leaseMs
    const groups = [...byToken(claims)]
    const held = await Promise.all(groups.map(([token, ids]) => this.#renew(token, ids, until, call)))
    const idsHeld = new Map(groups.map(([token], n) => [token, new Set(held[n])]))
    return claims.filter(({ token, record }) => idsHeld.get(token)?.has(record.id)).map(({ record }) => record.id)
  }

  /** One command for each claim, because a command for several does not say which it has removed. */
  async settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    const call = callOf('settle', options)
    const removed = await Promise.all(
      claims.map(({ token, record }) => this.#records.documents.remove({ _id: record.id, token }, { _id: 1 }, call)),
    )
    return claims.filter((_, n) => removed[n] !== null).map(({ record }) => record.id)
  }

  async #renew(token: string, ids: readonly string[], until: number, call: Call): Promise<readonly string[]> {
    const { documents } = this.#records
    const filter = { _id: { $in: ids }, token }
    const renewed = await documents.updateMany(filter, new DocumentUpdate().put('wakeAt', until).fields, call)
    if (renewed === ids.length) return ids
    const held = await documents.find({ ...filter, wakeAt: until }, { projection: { _id: 1 } }, call)
    return held.map(({ _id }) => String(_id))
  }

  async #one(id: string, { now }: ClaimOptions, call: Call): Promise<readonly Found[]> {
    const found = await this.#records.head(id, call)
    return found && isDue(found.row, now) ? [found] : []
  }

  /** The first due records. undefined if some in the queue are not due so early: then these, and others behind them, are queued anew. */
  async #firstDue(limit: number, options: ClaimOptions, call: Call): Promise<readonly Found[] | undefined> {
    const first = await this.#queued(limit, options, call)
    if (!first.some(isEarly)) return first
    const more = limit < leastQueued ? await this.#queued(leastQueued, options, call) : first
    const changes = more.filter(isEarly).map(({ row: { head, due }, stamp }) => ({
      filter: { _id: head.id, stamp },
      update: new DocumentUpdate().put('wakeAt', due).fields,
    }))
    if (changes.length > 0) await this.#records.documents.updateEach(changes, call)
    return undefined
  }

  /** The heads of records in the order of the queue. */
  async #queued(limit: number, { now }: ClaimOptions, call: Call): Promise<readonly Found[]> {
    const query = { sort: { wakeAt: 1 }, limit, projection: withoutAttributes }
    const { documents } = this.#records
    const queued = await documents.find({ wakeAt: { $lte: now } }, query, call)
    const found = queued.flatMap((fields) => foundIn(fields) ?? [])
    // A create that came too late has left a reservation.
    if (found.length < queued.length) await documents.removeReserved({ wakeAt: { $lte: now } }, call)
    return found
  }

  /** Claims those that nothing has changed since they were read. */
  async #take(due: readonly Found[], { now, leaseMs }: ClaimOptions, call: Call): Promise<readonly Claim[]> {
    const { documents } = this.#records
    const token = randomUUID()
    const changes = due.map(({ row: { head, claim }, stamp }) => ({
      filter: { _id: head.id, stamp },
      update: new DocumentUpdate()
        .put('token', token)
        .put('attempt', (claim?.attempt ?? 0) + 1)
        .put('wakeAt', now + leaseMs).fields,
    }))
    await documents.updateEach(changes, call)
    const taken = await documents.find({ _id: { $in: due.map(({ row }) => row.head.id) }, token }, {}, call)
    const byId = new Map(taken.map((fields) => [fields._id, foundIn(fields)]))
    return due.flatMap(({ row: { head } }) => {
      const { row, attributes } = byId.get(head.id) ?? {}
      return row?.claim
        ? [{ token, attempt: row.claim.attempt, record: recordWith(row.head, attributes ?? new Map()) }]
        : []
    })
  }
}

const isEarly = ({ row, wakeAt }: Found): boolean => row.due !== wakeAt

function byToken(claims: readonly Claim[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { token, record } of claims) groups.set(token, [...(groups.get(token) ?? []), record.id])
  return groups
}
