import { randomUUID } from 'node:crypto'
import { KeyedTurns } from '../support/keyed-turns.js'
import { claimInRounds, mostTries, type Pause, randomPause } from './claim-rounds.js'
import type {
  CallOptions,
  ChangeListener,
  Claim,
  ClaimOptions,
  LeaseOptions,
  ListPage,
  ListQuery,
  LoadOptions,
  LoadResult,
  LockResult,
  RecordChange,
  SaveResult,
  Space,
  StoredRecord,
} from './contract.js'
import { throwIfPast } from './deadline.js'
import { pagesOf } from './pages.js'
import { changedAttributes, recordWith } from './record.js'
import * as steps from './steps.js'
import type { StampedRow, Table, TableRow } from './table.js'

/** Rows per page when all are counted. */
const pageSize = 1_000
const nothing: ReadonlyMap<string, Uint8Array> = new Map()

/**
 * A space whose records are the rows of a table. Attributes are loaded and saved with their row, as a whole. A change that
 * another process overtakes is tried again after `pause` (default: random, growing with the tries); after 100 tries it throws.
 */
export const spaceOnTable = (table: Table, pause: Pause = randomPause): Space => {
  const space = new SpaceOnTable(table, pause)
  const watch = table.watch?.bind(table)
  return watch ? Object.assign(space, { watch: (listener: ChangeListener) => watch(listener) }) : space
}

class SpaceOnTable implements Space {
  readonly #table: Table
  readonly #pause: Pause
  /** A queue per record for the calls of this process: if they raced, each change would make all the others try again. */
  readonly #turns = new KeyedTurns()

  constructor(table: Table, pause: Pause) {
    this.#table = table
    this.#pause = pause
  }

  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const { answer, row } = options.touch
      ? await this.#change(id, options, (row) => steps.load(row, options))
      : await this.#look(id, options)
    if (answer.status !== 'loaded') return answer
    return { record: recordOf(row as TableRow), ...answer }
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return this.#answer(change.id, options, (row) => saved(row, change, options))
  }

  async list({ principal, ...query }: ListQuery): Promise<ListPage> {
    const { rows, ...page } = await this.#table.rows({ ...query, ...(principal !== undefined && { principal }) })
    const isListed = (row: TableRow) =>
      steps.isLiveRow(row, query.now) && (principal === undefined || row.head.principal === principal)
    return { items: rows.filter(isListed).map(({ head }) => head), ...page }
  }

  async count(options: CallOptions): Promise<number> {
    let count = 0
    for await (const { rows } of pagesOf((from) => this.#table.rows({ ...options, limit: pageSize, ...from })))
      count += rows.filter((row) => steps.isLiveRow(row, options.now)).length
    return count
  }

  claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    if (options.id !== undefined) return this.#claim(options.id, options)
    const round = async (limit: number) => {
      const due = await this.#table.due({ ...options, limit })
      const claims = await Promise.all(due.map(({ row }) => this.#claim(row.head.id, options)))
      return { isOver: due.length === 0, claims: claims.flat() }
    }
    return claimInRounds(options.limit, round, this.#pause)
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]> {
    const until = options.now + options.leaseMs
    return idsWhere(claims, (claim) => this.#answer(claim.record.id, options, (row) => steps.renew(row, claim, until)))
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return idsWhere(claims, (claim) =>
      this.#inTurn(claim.record.id, options, async (found) => {
        if (!found || !steps.isHeld(found.row, claim)) return { answer: false }
        return (await this.#table.remove(claim.record.id, found.stamp, options)) && { answer: true }
      }).then(({ answer }) => answer),
    )
  }

  lock(id: string, options: LeaseOptions): Promise<LockResult> {
    return this.#answer(id, options, (row) => steps.lock(row, options))
  }

  unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    return this.#answer(id, options, (row) => steps.unlock(row, options.token))
  }

  async #look(id: string, options: LoadOptions): Promise<steps.Step<steps.LoadAnswer, TableRow>> {
    const row = (await this.#table.get(id, options))?.row
    return { ...steps.load(row, options), ...(row && { row }) }
  }

  async #claim(id: string, options: ClaimOptions): Promise<Claim[]> {
    const { now, leaseMs } = options
    const token = randomUUID()
    const { answer: attempt, row } = await this.#change(id, options, (row) => steps.claim(row, { now, leaseMs, token }))
    return attempt === undefined ? [] : [{ token, attempt, record: recordOf(row as TableRow) }]
  }

  async #answer<Answer>(id: string, options: CallOptions, step: ChangeOf<Answer>): Promise<Answer> {
    return (await this.#change(id, options, step)).answer
  }

  /** Reads the row, takes the step, and writes the new row; returns the row after the step. */
  #change<Answer>(id: string, options: CallOptions, step: ChangeOf<Answer>): Promise<steps.Step<Answer, TableRow>> {
    return this.#inTurn(id, options, async (found) => {
      const { answer, row } = step(found?.row)
      if (!row) return { answer, ...(found && { row: found.row }) }
      const isWritten = found
        ? await this.#table.replace(row, found.stamp, options)
        : await this.#table.insert(row, options)
      return isWritten && { answer, row }
    })
  }

  /** Repeats `attempt` until no other process has changed the row between read and write; it returns false if one has. */
  #inTurn<T>(
    id: string,
    options: CallOptions,
    attempt: (found: StampedRow | undefined) => Promise<T | false>,
  ): Promise<T> {
    return this.#turns.run(id, async () => {
      for (let tries = 0; tries < mostTries; tries += 1) {
        if (tries > 0) await this.#pause(tries - 1)
        throwIfPast(options.deadline)
        const result = await attempt(await this.#table.get(id, options))
        if (result !== false) return result
      }
      throw new Error(`Other processes changed the record ${id} ${mostTries} times while this change was tried`)
    })
  }
}

type ChangeOf<Answer> = (row: TableRow | undefined) => steps.Step<Answer, TableRow>

function saved(
  row: TableRow | undefined,
  change: RecordChange,
  { now }: CallOptions,
): steps.Step<SaveResult, TableRow> {
  const attributes = changedAttributes(row?.attributes ?? nothing, change)
  const { answer, row: next } =
    change.mode === 'create' ? steps.create(row, change, now) : steps.update(row, change, now, () => attributes.size)
  return next ? { answer, row: { ...next, attributes } } : { answer }
}

const recordOf = ({ head, attributes }: TableRow): StoredRecord => recordWith(head, attributes)

/** The ids of the claims for which `holds` resolves with true; all are checked in parallel. */
async function idsWhere(claims: readonly Claim[], holds: (claim: Claim) => Promise<boolean>): Promise<string[]> {
  const held = await Promise.all(claims.map(holds))
  return claims.filter((_, n) => held[n]).map(({ record }) => record.id)
}
