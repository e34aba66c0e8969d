import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { Driver, RecordCreate, Space } from '../../src/storage/contract.js'

export const now = Date.UTC(2026, 0, 1)
export const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill)

/** An empty folder that goes when the test ends. */
export async function folder(onTestFinished: (remove: () => Promise<void>) => void): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'koa-scopes-embedded-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** Makes drivers of a store in a folder. `place`: its path below the folder. */
export function driversOf<Options>(definition: DriverDefinition<Options>, place: string) {
  async function unopened(directory: string, options: object = {}): Promise<Driver> {
    const environment = { cache: 'embedded', directory, onEvicted: () => {} }
    return definition.create(definition.options.parse({ path: place, ...options }), environment)
  }

  async function opened(directory: string, options?: object): Promise<Driver> {
    const driver = await unopened(directory, options)
    await driver.open()
    return driver
  }

  return { unopened, opened }
}

export const creation = (id: string, change: Partial<RecordCreate> = {}): RecordCreate => ({
  mode: 'create',
  id,
  version: `version of ${id}`,
  seal: 'seal',
  life: { idleMs: 60_000, endsAt: null },
  ...change,
})

/** Ends a record and settles its end: its room is free again. */
export async function remove(space: Space, id: string): Promise<void> {
  await space.save({ mode: 'update', id, version: 'end', ending: 'removed' }, { now })
  await space.settle(await space.claimExpired({ now, limit: 1, leaseMs: 60_000, id }), { now })
}
