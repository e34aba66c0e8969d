import type { CacheConfig } from '../../config/config.js'
import type { Stores } from '../../container/stores.js'
import { isScopesError, reasonOf } from '../../errors/scopes-error.js'
import type { CacheHealth } from '../../storage/caches/cache.js'
import { isOutage } from '../../storage/guard/availability.js'

type Up = Extract<CacheHealth, { readonly status: 'up' }>

/** A cache as a visit finds it. */
export interface InspectedCache {
  readonly name: string
  readonly driver: string
  /**
   * `down`: the store cannot be reached. `unusable`: it answers, and cannot be used. `unprepared`: it is not there until a node
   * starts. `unseen`: it is in the memory of each node.
   */
  readonly status: 'up' | 'down' | 'unusable' | 'unprepared' | 'unseen'
  /** What the store says of itself. Absent unless it is up. */
  readonly health?: Omit<Up, 'status'>
  /** Why it is not up, and what to do. Absent if it is. */
  readonly problem?: string
  /** Why an open store has nothing to show of some scopes. */
  readonly lacks: readonly string[]
}

/** Whether an operator has to do something about it. */
export const isFailing = ({ status }: InspectedCache): boolean => status === 'down' || status === 'unusable'

/** Opens a cache and asks for its health. Never rejects because of the store. */
export async function inspected(stores: Stores, { driver, name }: CacheConfig): Promise<InspectedCache> {
  const about = { name, driver: driver.name }
  try {
    const cache = await stores.cache(name)
    const found = await cache.health()
    if (found.status === 'down') throw found.error
    const { status, ...health } = found
    const lacks = await stores.lacksOf(cache)
    return { ...about, status, health, lacks: [...new Set(lacks.map(({ message }) => message))] }
  } catch (error) {
    if (!isScopesError(error)) throw error
    return { ...about, status: statusOf(error), problem: reasonOf(error), lacks: [] }
  }
}

function statusOf(error: unknown): InspectedCache['status'] {
  if (isScopesError(error, 'STORAGE_OUT_OF_SIGHT')) return 'unseen'
  if (isScopesError(error, 'STORAGE_UNPREPARED')) return 'unprepared'
  return isOutage(error) ? 'down' : 'unusable'
}

/** All caches of the configuration, each whatever becomes of the others. */
export const allInspected = (stores: Stores): Promise<readonly InspectedCache[]> =>
  Promise.all([...stores.config.caches.values()].map((cache) => inspected(stores, cache)))
