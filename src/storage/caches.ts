import type { CallOptions, DriverHealth, ObjectSpace, Space, SpaceOptions } from './contract.js'
import type { GuardedDriver } from './guarded-driver.js'

/** A named cache: a guarded driver that has been opened. */
export interface OpenCache {
  readonly name: string
  readonly driverName: string
  readonly driver: GuardedDriver
}

export type CacheHealth =
  | ({ readonly status: 'up'; readonly latencyMs: number } & DriverHealth)
  | { readonly status: 'down'; readonly error: Error }

/** Where one application's records of one scope are in a cache. No two applications or scopes share a space. */
export const spaceIn = ({ driver }: OpenCache, application: string, scope: string, options: SpaceOptions): Space =>
  driver.space(`${application}:${scope}`, options)

/** The objects of a cache, apart from the records in it. */
export const objectsIn = ({ driver }: OpenCache): ObjectSpace | undefined => driver.objects?.('objects')

export async function healthOf({ driver }: OpenCache, options: CallOptions): Promise<CacheHealth> {
  const start = performance.now()
  try {
    const health = await driver.health(options)
    return { status: 'up', latencyMs: performance.now() - start, ...health }
  } catch (error) {
    return { status: 'down', error: error instanceof Error ? error : new Error(String(error)) }
  }
}
