import type { Surroundings } from '../report/results.js'
import type { EndsReport } from '../servers/koa-scopes-reaper.js'
import type { StoreName } from './place.js'
import type { RedisParts } from './redis-parts.js'
import type { RequestCost } from './requests.js'

/** What scale.json holds. */
export interface ScaleResults extends Surroundings {
  readonly command: string
  readonly minutes: number
  readonly rounds: number
  /** Of one session: names and encoded values. */
  readonly rawBytes: number
  readonly requests: readonly RequestCost[]
  readonly stores: readonly StoreSize[]
  readonly nodes: readonly NodeSize[]
  readonly ends: readonly Ends[]
}

/** With so many sessions in it. */
export interface StoreSize {
  readonly store: StoreName
  readonly count: number
  /** Per session. */
  readonly bytes: number
  readonly parts?: RedisParts
  /** Of a process that serves it. */
  readonly startUpMs: number
}

/** A node that holds so many sessions in its memory. */
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
