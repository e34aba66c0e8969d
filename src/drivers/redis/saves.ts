import type {
  CallOptions,
  EpochMs,
  RecordChange,
  RecordCreate,
  RecordUpdate,
  SaveResult,
} from '../../storage/contract.js'
import { type Call, callOf, throwIfGivenUp } from '../network/call.js'
import type { RedisConnection } from './connection.js'
import { attributeField, attributePairs } from './fields.js'
import type { Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'
import { type UpdateReply, updateResult } from './replies.js'
import { scripts } from './scripts.js'
import type { SpaceSettings } from './settings.js'

/** The saves of a space. A save is one script; if it changes the principal, the index is changed before and after it. */
export class Saves {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex
  readonly #settings: SpaceSettings

  constructor(connection: RedisConnection, keys: Keyspace, principals: PrincipalIndex, settings: SpaceSettings) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
    this.#settings = settings
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const call = callOf('save', options)
    return typeof change.principal === 'string'
      ? this.#entered(change.principal, change, options.now, call)
      : this.#apply(change, undefined, options.now, call)
  }

  async #entered(principal: string, change: RecordChange, now: EpochMs, call: Call): Promise<SaveResult> {
    const entered = await this.#principals.enter(principal, change.id, call)
    throwIfGivenUp(call)
    return this.#apply(change, entered, now, call)
  }

  #apply(change: RecordChange, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    return change.mode === 'create'
      ? this.#create(change, entered, now, call)
      : this.#update(change, entered, now, call)
  }

  #create(change: RecordCreate, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, version, set } = change
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.ids, bucket.record(id)]
    const parameters = [this.#createText(change, entered, now), ...attributePairs(set)]
    return this.#connection.run<Buffer, SaveResult>(scripts.create, keys, parameters, call, (reply) =>
      String(reply) === 'saved' ? { status: 'saved', previous: version } : { status: 'exists' },
    )
  }

  #update(change: RecordUpdate, entered: Entered, now: EpochMs, call: Call): Promise<SaveResult> {
    const { id, clear, unset = [], set } = change
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.record(id)]
    const fields = [...(clear?.except ?? []), ...unset].map(attributeField)
    const parameters = [this.#updateText(change, entered, now), ...fields, ...attributePairs(set)]
    return this.#connection.run<UpdateReply, SaveResult>(scripts.update, keys, parameters, call, (reply) => {
      const [result, before] = updateResult(reply)
      const hasLeft = before && change.principal !== undefined && change.principal !== before.principal
      return hasLeft ? this.#principals.deny(before.principal, [id]).then(() => result) : result
    })
  }

  /** The creation as JSON. Here and below members are named one by one, because JSON.stringify takes several times as long for a spread object. */
  #createText(change: RecordCreate, entered: Entered, now: EpochMs): string {
    const { version, seal, life, touch, principal, description, createdAt, principalSince, replaced } = change
    return JSON.stringify({
      version,
      seal,
      life,
      touch,
      principal,
      description,
      createdAt,
      principalSince,
      replaced,
      now,
      grace: this.#settings.graceMs,
      entered,
    })
  }

  /** The update as JSON. */
  #updateText(change: RecordUpdate, entered: Entered, now: EpochMs): string {
    const { version, touch, dropIfEmpty, life, reseal, principal, description, ending, ifVersion, lockToken } = change
    const { clear, unset } = change
    return JSON.stringify({
      version,
      touch,
      dropIfEmpty,
      life,
      reseal,
      principal,
      description,
      ending,
      ifVersion,
      lockToken,
      now,
      grace: this.#settings.graceMs,
      entered,
      kept: clear?.except.length,
      unset: unset?.length,
      notify: this.#settings.notify,
    })
  }
}

/** The time of the entry in the index of principals; undefined if none was made. */
type Entered = string | undefined
