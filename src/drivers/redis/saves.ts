import type {
  CallOptions,
  EpochMs,
  RecordChange,
  RecordCreate,
  RecordUpdate,
  SaveResult,
} from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import type { Call, RedisConnection } from './connection.js'
import { attributeField, attributePairs, headPairs } from './fields.js'
import type { Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'
import { formerOwner, type UpdateReply, updateResult } from './replies.js'
import { scripts } from './scripts.js'

/** A save is one script, and around it, when it is about a principal, a change of the index. */
export class Saves {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex
  readonly #graceMs: number

  constructor(connection: RedisConnection, keys: Keyspace, principals: PrincipalIndex, graceMs: number) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
    this.#graceMs = graceMs
  }

  async save(change: RecordChange, { now, signal }: CallOptions): Promise<SaveResult> {
    const call = { operation: 'save', signal }
    const { id, principal } = change
    if (typeof principal === 'string') await this.#principals.add(principal, id, now, call)
    return change.mode === 'create' ? this.#create(change, now, call) : this.#update(change, now, call)
  }

  async #create(change: RecordCreate, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, version: previous, set = new Map() } = change
    const head = newHead(change, now)
    const { expiresAt } = head
    const times =
      expiresAt === null ? ['+inf', ''] : [expiresAt, Math.ceil(Math.max(expiresAt - now, 0) + this.#graceMs)]
    const parameters = [...times, ...headPairs(head), ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.ids, bucket.record(id)]
    const reply = await this.#connection.run<Buffer>(scripts.create, keys, parameters, call)
    return String(reply) === 'saved' ? { status: 'saved', previous } : { status: 'exists' }
  }

  async #update(change: RecordUpdate, now: EpochMs, call: Call): Promise<SaveResult> {
    const { clear, unset = [], set = new Map(), ...rest } = change
    const update = { ...rest, now, grace: this.#graceMs, kept: clear?.except.length, unset: unset.length }
    const fields = [...(clear?.except ?? []), ...unset].map(attributeField)
    const parameters = [JSON.stringify(update), ...fields, ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(change.id)
    const keys = [bucket.due, bucket.ids, bucket.record(change.id), bucket.lock(change.id)]
    const reply = await this.#connection.run<UpdateReply>(scripts.update, keys, parameters, call)
    const result = updateResult(reply)
    if (reply && result.status === 'saved') await this.#leaveOwner(change, reply, result.dropped === true, now, call)
    return result
  }

  /** What the index says of the principal before this change is no longer true. */
  async #leaveOwner(change: RecordUpdate, reply: UpdateReply, dropped: boolean, now: EpochMs, call: Call) {
    const [, , principal, since] = reply ?? []
    const owner = formerOwner(principal, since)
    if (!owner || change.principal === undefined || change.principal === owner.principal) return
    if (dropped) await this.#principals.forget(change.id, owner, call)
    else await this.#principals.deny(owner.principal, [{ id: change.id, writtenAt: owner.since }], now, call)
  }
}
