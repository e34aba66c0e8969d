import type { Prolong } from '../../src/storage/record.js'

/** What a call asks for. Ids, names, principals and values are numbers, times are counted from now on. */
export type Ask =
  | {
      readonly do: 'load'
      readonly id: number
      readonly seal?: string
      readonly holds?: Holds
      readonly touch?: Access
      readonly prolong?: Prolong
    }
  | ({ readonly do: 'create'; readonly id: number } & Creation)
  | ({ readonly do: 'update'; readonly id: number } & Update)
  | { readonly do: 'lock'; readonly id: number; readonly token: string; readonly leaseMs: number }
  | { readonly do: 'unlock'; readonly id: number; readonly token: string }
  | { readonly do: 'claim'; readonly id?: number; readonly limit: number; readonly leaseMs: number }
  | { readonly do: 'renew'; readonly claims: ClaimNumbers; readonly leaseMs: number }
  | { readonly do: 'settle'; readonly claims: ClaimNumbers }
  | ({ readonly do: 'list' } & Query)
  | ({ readonly do: 'page' } & Query)
  | { readonly do: 'count' }
  | { readonly do: 'restart' }

/** The version a caller holds: the present one, one from before, or one that never was. */
export type Holds = 'present' | 'earlier' | 'never'

/** 0: the last claim so far, 1: the one before. */
type ClaimNumbers = readonly number[]

interface Query {
  readonly limit: number
  readonly principal?: number
}

export interface Access {
  /** Less than 0: by a clock that is ahead. */
  readonly ago: number
  readonly hits?: number
}

/** Absent in an update: as it was. */
export interface Limits {
  readonly idleMs?: number | null
  readonly endsIn?: number | null
}

interface Content {
  readonly touch?: Access
  readonly set?: readonly (readonly [name: number, value: number])[]
}

interface Creation extends Content {
  readonly seal: string
  readonly life: Limits
  readonly principal?: number
  readonly description?: string
  /** What a record of another store brings; times are counted back from now. */
  readonly createdAgo?: number
  readonly ownedAgo?: number
  readonly replaced?: string
}

export interface Update extends Content {
  readonly clear?: readonly number[]
  readonly unset?: readonly number[]
  readonly dropIfEmpty?: boolean
  readonly life?: Limits
  readonly reseal?: { readonly from: string; readonly to: string; readonly replaced: string }
  readonly principal?: number | null
  readonly description?: string | null
  readonly ending?: string
  readonly ifVersion?: Holds
  readonly lockToken?: string
}
