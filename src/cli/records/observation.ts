import type { Stores } from '../../container/stores.js'
import { isScopesError } from '../../errors/scopes-error.js'
import type { RecordInfo } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { type InspectedCache, inspected } from '../caches/inspected.js'
import { FollowedRecords, type Look } from './followed.js'

/** One application in an observation. */
export interface Observed {
  readonly application: string
  readonly look?: Look
  /** Why there is no look. */
  readonly problem?: string
}

/** What `watch` finds at one time. */
export interface Observation {
  readonly at: Date
  readonly scope: ScopeKind
  readonly applications: readonly Observed[]
  readonly caches: readonly InspectedCache[]
}

export interface WatchEvent {
  readonly at: Date
  readonly event: 'login' | 'end'
  readonly application: string
  readonly id: string
  readonly principal: string | null
}

/** Looks at the records of some applications, and at the caches that hold them, again and again. */
export class Observer {
  readonly #stores: Stores
  readonly #kind: ScopeKind
  readonly #applications: readonly string[]
  readonly #followed = new Map<string, FollowedRecords>()

  constructor(stores: Stores, kind: ScopeKind, applications: readonly string[]) {
    this.#stores = stores
    this.#kind = kind
    this.#applications = applications
  }

  /** Never rejects because of a store: what is down is part of the observation, and is tried again by the next one. */
  async observe(): Promise<Observation> {
    const { applications, caches } = this.#stores.config
    const used = new Set(this.#applications.map((name) => applications.get(name)?.[this.#kind]?.storage))
    const [observed, found] = await Promise.all([
      Promise.all(this.#applications.map((application) => this.#look(application))),
      Promise.all(
        [...caches.values()].filter(({ name }) => used.has(name)).map((cache) => inspected(this.#stores, cache)),
      ),
    ])
    return { at: new Date(), scope: this.#kind, applications: observed, caches: found }
  }

  async #look(application: string): Promise<Observed> {
    try {
      const followed = this.#followed.get(application) ?? (await this.#follow(application))
      return { application, look: await followed.look() }
    } catch (error) {
      if (isScopesError(error)) return { application, problem: error.message }
      throw error
    }
  }

  async #follow(application: string): Promise<FollowedRecords> {
    const followed = new FollowedRecords(await this.#stores.directory(application, this.#kind))
    this.#followed.set(application, followed)
    return followed
  }
}

/** The logins and ends in an observation. */
export const eventsIn = ({ applications, at }: Observation): readonly WatchEvent[] =>
  applications.flatMap(({ application, look }) => [
    ...(look?.logins ?? []).map(eventOf({ application, at, event: 'login' })),
    ...(look?.ends ?? []).map(eventOf({ application, at, event: 'end' })),
  ])

const eventOf =
  (about: Pick<WatchEvent, 'application' | 'at' | 'event'>) =>
  ({ id, principal }: RecordInfo): WatchEvent => ({ ...about, id, principal })
