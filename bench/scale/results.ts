import type { Surroundings } from '../report/results.js'
import type { EndsReport } from '../servers/koa-scopes-reaper.js'
import type { StoreName } from './place.js'
import type { RedisParts } from './redis-parts.js'
import type { RequestCost } from './requests.js'

/** The content of scale.json. */
export interface ScaleResults extends Surroundings {
  /** Of its files, without the ending. */
  readonly name: string
  readonly command: string
  readonly minutes: number
  readonly rounds: number
  /** Bytes of the names and encoded values of one session. */
  readonly rawBytes: number
  readonly requests: readonly RequestCost[]
  readonly stores: readonly StoreSize[]
  readonly nodes: readonly NodeSize[]
  readonly ends: readonly Ends[]
}

/** A store with `count` sessions. */
export interface StoreSize {
  readonly store: StoreName
  readonly count: number
  /** Per session. */
  readonly bytes: number
  readonly fillSeconds: number
  /** How many of the sessions were copied by SQL instead of stored by the driver. */
  readonly copies: number
  readonly parts?: RedisParts
  /** Start of a process that serves this store. */
  readonly startUpMs: number
}

/** A node that holds `count` sessions in its memory. */
export interface NodeSize {
  readonly mode: string
  readonly count: number
  /** Per session. */
  readonly bytes: number
}

export interface Ends extends EndsReport {
  readonly store: StoreName
  readonly count: number
}
