import type {
  CallOptions,
  EpochMs,
  RecordChange,
  RecordCreate,
  RecordUpdate,
  SaveResult,
} from '../../storage/contract.js'
import { type Call, callOf, throwIfGivenUp } from './call.js'
import type { RedisConnection } from './connection.js'
import { attributeField, attributePairs } from './fields.js'
import type { Keyspace } from './keys.js'
import type { Ownership, PrincipalIndex } from './principal-index.js'
import { type UpdateReply, updateResult } from './replies.js'
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
    const { id, version, seal, life, touch, principal, set } = change
    const create = { version, seal, life, touch, principal, now, grace: this.#graceMs, entered, tell: this.#tell }
    const parameters = [JSON.stringify(create), ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.ids, bucket.record(id)]
    const reply = await this.#connection.run<Buffer>(scripts.create, keys, parameters, call)
    return String(reply) === 'saved' ? { status: 'saved', previous: version } : { status: 'exists' }
  }

  async #update(change: RecordUpdate, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, clear, unset = [], set } = change
    const fields = [...(clear?.except ?? []), ...unset].map(attributeField)
    const parameters = [this.#updateText(change, entered, now), ...fields, ...attributePairs(set)]
    const bucket = this.#keys.bucketOf(id)
    const lock = change.lockToken === undefined ? [] : [bucket.lock(id)]
    const keys = [bucket.due, bucket.record(id), ...lock]
    const reply = await this.#connection.run<UpdateReply>(scripts.update, keys, parameters, call)
    const [result, before] = updateResult(reply)
    if (before && hasLeft(before, change)) await this.#principals.deny(before.principal, [id])
    return result
  }

  /** Named one by one, because what was gathered from other objects takes several times as long to be written. */
  #updateText(change: RecordUpdate, entered: Entered, now: EpochMs): string {
    const { version, touch, dropIfEmpty, life, reseal, principal, ending, ifVersion, lockToken, clear, unset } = change
    return JSON.stringify({
      version,
      touch,
      dropIfEmpty,
      life,
      reseal,
      principal,
      ending,
      ifVersion,
      lockToken,
      now,
      grace: this.#graceMs,
      entered,
      kept: clear?.except.length,
      unset: unset?.length,
      tell: this.#tell,
    })
  }
}

/** The time of the entry in the index of principals, if one was made. */
type Entered = string | undefined

/** What the index says of the principal before the change is no longer true. */
const hasLeft = (before: Ownership, { principal }: RecordUpdate): boolean =>
  principal !== undefined && principal !== before.principal
