import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { sharedMemory } from './shared-memory.js'
import { TestStore } from './test-store.js'

export interface Setup {
  readonly cluster: boolean
  /** Vitest's `test`, with a fresh store that goes when the test ends. */
  readonly test: ReturnType<typeof testOn>
}

/** Describes what holds on every store that comes with the package, in both modes. */
export const describeEverywhere = (tests: (setup: Setup) => void) => describeModes([true, false], tests)

export const describeClustered = (tests: (setup: Setup) => void) => describeModes([true], tests)

export const describeMemoryFirst = (tests: (setup: Setup) => void) => describeModes([false], tests)

function describeModes(modes: readonly boolean[], tests: (setup: Setup) => void): void {
  for (const [driver, create] of Object.entries(drivers)) {
    for (const cluster of modes) {
      describe(`${driver}, cluster: ${cluster}`, () => tests({ cluster, test: testOn(create, cluster) }))
    }
  }
}

const drivers: Readonly<Record<string, () => DriverDefinition>> = { memory: sharedMemory, lmdb: () => lmdb }

const testOn = (driver: () => DriverDefinition, cluster: boolean) =>
  test.extend<{ store: TestStore }>({
    store: async ({ onTestFinished }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-'))
      const store = new TestStore(driver(), folder, cluster)
      onTestFinished(async () => {
        await store.close()
        await rm(folder, { recursive: true })
      })
      await use(store)
    },
  })
