import type {
  CallOptions,
  Claim,
  ClaimOptions,
  LeaseOptions,
  ListPage,
  ListQuery,
  LoadOptions,
  LoadResult,
  LockResult,
  Look,
  RecordChange,
  SaveResult,
  Space,
} from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import { claim, mayClaim } from './claims.js'
import type { QueuedRow, Records, Transactions } from './records.js'

/** The most transactions of one `claimExpired` call. */
const mostPasses = 20

/**
 * A space in an embedded store. Each call is a read, or a transaction that takes the steps of the contract on rows.
 * Attributes are read and written separately.
 */
export class EmbeddedSpace<Key, Entry extends QueuedRow> implements Space {
  readonly #transactions: Transactions<Key, Entry>

  constructor(transactions: Transactions<Key, Entry>) {
    this.#transactions = transactions
  }

  /** Loads a record. With a touch it is a transaction, unless the read before it finds no record to touch. */
  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const key = this.#transactions.keyOf(id)
    const call = { operation: 'load', options }
    const { touch, ...untouching } = options
    const touches = touch && (await this.#transactions.read(call, (records) => isFound(records, key, untouching)))
    if (touches) return this.#transactions.write(call, (records) => load(records, key, options))
    return this.#transactions.read(call, (records) => load(records, key, untouching))
  }

  matches(id: string, look: Look): boolean {
    return steps.matches(this.#transactions.look(id), look)
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const key = this.#transactions.keyOf(change.id)
    const write = { operation: 'save', options, grows: addsContent(change) }
    return this.#transactions.write(write, (records) => save(records, key, change, options))
  }

  list(query: ListQuery): Promise<ListPage> {
    return this.#transactions.read({ operation: 'list', options: query }, (records) => records.list(query))
  }

  count(options: CallOptions): Promise<number> {
    return this.#transactions.read({ operation: 'count', options }, (records) => records.countLive(options.now))
  }

  /**
   * Claims due records. It opens a transaction only if the read before it finds a record. The number of transactions is
   * limited, because the call has a deadline; records due behind those that were queued anew are left for a later call.
   */
  async claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    const call = { operation: 'claimExpired', options }
    const only = options.id === undefined ? undefined : this.#transactions.keyOf(options.id)
    for (let pass = 0; pass < mostPasses; pass += 1) {
      if (!(await this.#transactions.read(call, (records) => mayClaim(records, options, only)))) break
      const claims = await this.#transactions.write(call, (records) => claim(records, options, only))
      if (claims) return claims
    }
    return []
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]> {
    const until = options.now + options.leaseMs
    return this.#eachHeld('renew', claims, options, (records, key, claim) =>
      take(records, key, (row) => steps.renew(row, claim, until)),
    )
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return this.#eachHeld('settle', claims, options, (records, key, claim) => {
      const entry = records.find(key)
      const isHeld = entry !== undefined && steps.isHeld(entry, claim)
      if (isHeld) records.remove({ key, entry })
      return isHeld
    })
  }

  /** Takes a lock. It opens a transaction only if the lock is free. */
  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    const key = this.#transactions.keyOf(id)
    const call = { operation: 'lock', options }
    const step = (row: Entry | undefined) => steps.lock(row, options)
    const seen = await this.#transactions.read(call, (records) => step(records.find(key)).answer)
    return seen === 'taken' ? this.#transactions.write(call, (records) => take(records, key, step)) : seen
  }

  unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const key = this.#transactions.keyOf(id)
    return this.#transactions.write({ operation: 'unlock', options }, (records) =>
      take(records, key, (row) => steps.unlock(row, options.token)),
    )
  }

  /** The ids of the claims that are still held, as `apply` returns for each. */
  async #eachHeld(
    operation: string,
    claims: readonly Claim[],
    options: CallOptions,
    apply: (records: Records<Key, Entry>, key: Key, claim: Claim) => boolean,
  ): Promise<readonly string[]> {
    if (claims.length === 0) return []
    return this.#transactions.write({ operation, options }, (records) =>
      claims
        .filter((claim) => apply(records, this.#transactions.keyOf(claim.record.id), claim))
        .map(({ record }) => record.id),
    )
  }
}

/** Takes a step and writes the new row. */
function take<Key, Entry extends QueuedRow, Answer>(
  records: Records<Key, Entry>,
  key: Key,
  step: (row: Entry | undefined) => steps.Step<Answer, steps.Row>,
): Answer {
  const entry = records.find(key)
  const { answer, row } = step(entry)
  if (row) records.put(key, entry, row)
  return answer
}

function isFound<Key, Entry extends QueuedRow>(records: Records<Key, Entry>, key: Key, options: LoadOptions): boolean {
  const { status } = steps.load(records.find(key), options).answer
  return status === 'loaded' || status === 'unchanged'
}

/** Loads a record. Reads the attributes only if the caller holds another version; a touch writes only the head. */
function load<Key, Entry extends QueuedRow>(records: Records<Key, Entry>, key: Key, options: LoadOptions): LoadResult {
  const entry = records.find(key)
  const { answer, row } = steps.load<Entry>(entry, options)
  const present = row ? records.put(key, entry, row) : entry && { key, entry }
  if (answer.status !== 'loaded' || !present) return answer as Exclude<LoadResult, { status: 'loaded' }>
  return { record: records.complete(present), ...answer }
}

function save<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  key: Key,
  change: RecordChange,
  { now }: CallOptions,
): SaveResult {
  const entry = records.find(key)
  const { answer, row } =
    change.mode === 'create'
      ? steps.create(entry, change, now)
      : steps.update(entry, change, now, () => (entry ? records.countLeft({ key, entry }, change) : 0))
  if (row) records.changeAttributes(records.put(key, entry, row), change)
  return answer
}

const addsContent = ({ mode, set }: RecordChange): boolean => mode === 'create' || (set?.size ?? 0) > 0
