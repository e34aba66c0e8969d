import type {
  CallOptions,
  EpochMs,
  RecordChange,
  RecordCreate,
  RecordUpdate,
  SaveResult,
} from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import { type Call, callOf, throwIfGivenUp } from './call.js'
import type { RedisConnection } from './connection.js'
import { attributeField, attributePairs, headPairs } from './fields.js'
import type { Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'
import { ownershipOf, type UpdateReply, updateResult } from './replies.js'
import { scripts } from './scripts.js'
import type { SpaceSettings } from './settings.js'

/** A save is one script, and around it, when it is about a principal, a change of the index. */
export class Saves {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex
  readonly #graceMs: number
  readonly #tell: string

  constructor(
    connection: RedisConnection,
    keys: Keyspace,
    principals: PrincipalIndex,
    { graceMs, tell }: SpaceSettings,
  ) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
    this.#graceMs = graceMs
    this.#tell = tell
  }

  async save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const { now } = options
    const call = callOf('save', options)
    const { id, principal } = change
    const entered = typeof principal === 'string' ? await this.#principals.enter(principal, id, call) : undefined
    if (entered !== undefined) throwIfGivenUp(call)
    return change.mode === 'create'
      ? this.#create(change, entered, now, call)
      : this.#update(change, entered, now, call)
  }

  async #create(change: RecordCreate, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, version: previous, set = new Map() } = change
    const head = newHead(change, now)
    const { expiresAt } = head
    const times = expiresAt === null ? ['+inf', ''] : [expiresAt, lifeLeft(expiresAt, now) + this.#graceMs]
    const entry = entered === undefined ? [] : ['entered', entered]
    const parameters = [...times, this.#tell, ...headPairs(head), ...entry, ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.ids, bucket.record(id)]
    const reply = await this.#connection.run<Buffer>(scripts.create, keys, parameters, call)
    return String(reply) === 'saved' ? { status: 'saved', previous } : { status: 'exists' }
  }

  async #update(change: RecordUpdate, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, mode: _, clear, unset = [], set = new Map(), ...rest } = change
    const counts = { kept: clear?.except.length, unset: unset.length }
    const update = { ...rest, ...counts, now, grace: this.#graceMs, entered, tell: this.#tell }
    const fields = [...(clear?.except ?? []), ...unset].map(attributeField)
    const parameters = [JSON.stringify(update), ...fields, ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(id)
    const lock = change.lockToken === undefined ? [] : [bucket.lock(id)]
    const keys = [bucket.due, bucket.record(id), ...lock]
    const reply = await this.#connection.run<UpdateReply>(scripts.update, keys, parameters, call)
    if (reply) await this.#leaveOwner(change, reply)
    return updateResult(reply)
  }

  /** What the index says of the principal before this change is no longer true. */
  async #leaveOwner({ id, principal }: RecordUpdate, reply: NonNullable<UpdateReply>): Promise<void> {
    const [, , ...owner] = reply
    const before = ownershipOf(owner)
    if (before && principal !== undefined && principal !== before.principal)
      await this.#principals.deny(before.principal, [id])
  }
}

/** The time of the entry in the index of principals, if one was made. */
type Entered = string | undefined

const lifeLeft = (expiresAt: EpochMs, now: EpochMs): number => Math.ceil(Math.max(expiresAt - now, 0))
