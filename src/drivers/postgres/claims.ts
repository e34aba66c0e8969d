import { randomUUID } from 'node:crypto'
import type { CallOptions, Claim, ClaimOptions, StoredRecord } from '../../storage/contract.js'
import { type Call, callOf } from '../network/call.js'
import { byteArray } from './byte-array.js'
import type { Notices } from './notices.js'
import { bytesOf, type ContentRow, recordIn, rowIn } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** The most statements of one `claimExpired` call, because the call has a deadline. */
const mostPasses = 50

interface ClaimedRow extends ContentRow {
  readonly id: Buffer
  /** Whether the attributes belong to the version of the head. */
  readonly is_whole: boolean
}

interface EarlyRow {
  readonly id: null
  /** How many records were found that are to be woken later. */
  readonly early: number
  readonly is_late: boolean
}

/** The claims of a space. */
export class Claims {
  readonly #tables: SpaceTables
  readonly #notices: Notices

  constructor(tables: SpaceTables, notices: Notices) {
    this.#tables = tables
    this.#notices = notices
  }

  async claim(options: ClaimOptions): Promise<readonly Claim[]> {
    const call = callOf('claimExpired', options)
    const claims: Claim[] = []
    for (let pass = 0; pass < mostPasses && claims.length < options.limit; pass += 1) {
      const { claimed, early } = await this.#pass({ ...options, limit: options.limit - claims.length }, call)
      claims.push(...claimed)
      if (early === 0) break
    }
    return claims
  }

  async renew(
    claims: readonly Claim[],
    options: CallOptions & { readonly leaseMs: number },
  ): Promise<readonly string[]> {
    if (claims.length === 0) return []
    const held = await this.#held('renew', claims, [options.now + options.leaseMs], callOf('renew', options))
    return claims.filter((claim) => held.has(keyOf(claim))).map(({ record }) => record.id)
  }

  async settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    if (claims.length === 0) return []
    const held = await this.#held('settle', claims, [], callOf('settle', options))
    return claims.filter((claim) => held.delete(keyOf(claim))).map(({ record }) => record.id)
  }

  async #pass({ now, limit, leaseMs, id }: ClaimOptions, call: Call) {
    const token = randomUUID()
    const space = await this.#tables.number(call)
    const only = id === undefined ? null : bytesOf(id)
    const notice = [this.#notices.channel, this.#notices.beginning(space, 'ended')]
    const values = [now, limit, token, now + leaseMs, only, ...notice, this.#tables.deadlineOf(call)]
    const rows = await this.#tables.run<ClaimedRow | EarlyRow>('claim', values, call)
    const claimed = rows.filter((row) => row.id !== null) as ClaimedRow[]
    const early = rows.find((row) => row.id === null) as EarlyRow | undefined
    if (early?.is_late && claimed.length === 0) await this.#tables.checkDeadline(call)
    return {
      claimed: await Promise.all(claimed.map((row) => this.#claimOf(row, token, call))),
      early: early?.early ?? 0,
    }
  }

  /** A claimed record changes no more. If it changed just before, its attributes are read again. */
  async #claimOf(row: ClaimedRow, token: string, call: Call): Promise<Claim> {
    const id = String(row.id)
    const [again] = row.is_whole ? [] : await this.#tables.run<ContentRow>('read', [row.id, null], call)
    const attempt = rowIn(id, row.head).claim?.attempt ?? 1
    return { token, attempt, record: recordIn(id, { head: row.head, attributes: (again ?? row).attributes }) }
  }

  /** Returns the keys of the claims that were held. */
  async #held(
    name: 'renew' | 'settle',
    claims: readonly Claim[],
    more: readonly number[],
    call: Call,
  ): Promise<Set<string>> {
    const ids = byteArray(claims.map(({ record }) => bytesOf(record.id)))
    const tokens = claims.map(({ token }) => token)
    const values = [ids, tokens, ...more, this.#tables.deadlineOf(call)]
    const rows = await this.#tables.run<{ readonly id: Buffer; readonly token: string }>(name, values, call)
    if (rows.length < claims.length) await this.#tables.checkDeadline(call)
    return new Set(rows.map(({ id, token }) => keyOf({ token, record: { id: String(id) } })))
  }
}

/** Tells claims apart: an older one on the same record has another token. */
const keyOf = ({ token, record }: Pick<Claim, 'token'> & { readonly record: Pick<StoredRecord, 'id'> }): string =>
  `${token} ${record.id}`
