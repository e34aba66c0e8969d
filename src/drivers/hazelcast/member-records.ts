import { randomUUID } from 'node:crypto'
import { claimInRounds } from '../../storage/claim-rounds.js'
import type {
  CallOptions,
  Claim,
  ClaimOptions,
  LeaseOptions,
  LoadOptions,
  LoadResult,
  LockResult,
  RecordChange,
  RecordCreate,
  SaveResult,
  Space,
} from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import { callOf } from '../network/call.js'
import { type ClaimAnswer, loadResult, recordIn, saveResult } from './answers.js'
import {
  claimOperation,
  loadOperation,
  lockOperation,
  renewOperation,
  settleOperation,
  unlockOperation,
  updateOperation,
} from './operations.js'
import type { HazelcastRecords } from './records.js'

/** The calls of a space that members can carry out. */
export type RecordCalls = Required<
  Pick<Space, 'load' | 'save' | 'claimExpired' | 'renew' | 'settle' | 'lock' | 'unlock'>
>

/**
 * The calls of a space, each carried out by the member that has the record: one request for each record, which carries only
 * what changes. Of several records each has a request of its own, because Hazelcast answers a common one without
 * waiting for the backups.
 */
export class MemberRecords implements RecordCalls {
  readonly #records: HazelcastRecords

  constructor(records: HazelcastRecords) {
    this.#records = records
  }

  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const call = callOf('load', options)
    const answer = options.touch
      ? await this.#records.change(id, loadOperation(options), call)
      : await this.#records.look(id, loadOperation(options), call)
    return this.#records.understood(call, () => loadResult(id, answer))
  }

  async save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    if (change.mode === 'create') return this.#create(change, options)
    const operation = updateOperation(change, options.now)
    return saveResult(await this.#records.change(change.id, operation, callOf('save', options)))
  }

  claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    const { id, limit } = options
    if (id !== undefined) return this.#claim([id], options)
    const round = async (limit: number) => {
      const due = await this.#records.idsDue({ ...options, limit })
      return { isOver: due.length === 0, claims: await this.#claim(due, options) }
    }
    return claimInRounds(limit, round)
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]> {
    const { now, leaseMs } = options
    const call = callOf('renew', options)
    return idsWhere(claims, (id, token) =>
      this.#records.change(id, renewOperation({ now, token, until: now + leaseMs }), call),
    )
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    const { now } = options
    const call = callOf('settle', options)
    return idsWhere(claims, (id, token) => this.#records.change(id, settleOperation({ now, token, until: now }), call))
  }

  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    const { now, token, leaseMs } = options
    const operation = lockOperation({ now, token, until: now + leaseMs })
    return (await this.#records.change(id, operation, callOf('lock', options))) as LockResult
  }

  async unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const { now, token } = options
    const operation = unlockOperation({ now, token, until: now })
    return (await this.#records.change(id, operation, callOf('unlock', options))) === true
  }

  /** Needs no operation: members insert entries in one step. */
  async #create(change: RecordCreate, options: CallOptions): Promise<SaveResult> {
    const { answer, row } = steps.create(undefined, change, options.now)
    if (!row) return answer
    const isInserted = await this.#records.insert({ ...row, attributes: change.set ?? new Map() }, options)
    return isInserted ? answer : { status: 'exists' }
  }

  async #claim(ids: readonly string[], options: ClaimOptions): Promise<Claim[]> {
    const { now, leaseMs } = options
    const call = callOf('claimExpired', options)
    const claim = async (id: string): Promise<Claim[]> => {
      const token = randomUUID()
      const operation = claimOperation({ now, token, until: now + leaseMs })
      const answer = (await this.#records.change(id, operation, call)) as ClaimAnswer
      if (answer === null) return []
      return [{ token, attempt: answer[0], record: this.#records.understood(call, () => recordIn(id, answer[1])) }]
    }
    return (await Promise.all(ids.map(claim))).flat()
  }
}

/** The ids of the claims for which `hold` resolves with true; all are asked at once. */
async function idsWhere(
  claims: readonly Claim[],
  hold: (id: string, token: string) => Promise<unknown>,
): Promise<string[]> {
  const held = await Promise.all(claims.map(({ record, token }) => hold(record.id, token)))
  return claims.filter((_, n) => held[n] === true).map(({ record }) => record.id)
}
