import { randomUUID } from 'node:crypto'
import { test as base, describe, test } from 'vitest'
import { hazelcast } from '../../src/drivers/hazelcast/index.js'
import { lmdb } from '../../src/drivers/lmdb/index.js'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { postgres } from '../../src/drivers/postgres/index.js'
import { redis } from '../../src/drivers/redis/index.js'
import { withFolder } from './container.js'
import { anyPostgres } from './postgres-server.js'
import { anyRedis } from './redis-server.js'
import { sharedMemory } from './shared-memory.js'
import { chosenStore, sharedServer } from './shared-on-demand.js'
import { type StorePlace, TestStore } from './test-store.js'
import { timeless } from './timeless.js'

interface Setup {
  readonly cluster: boolean
  /** When a memory-first node learns of what another node did. */
  readonly learns: Learns
  /** Vitest's `test`, with a fresh store that goes when the test ends. */
  readonly test: ReturnType<typeof testOn>
}

type Learns = 'from a notice' | 'at its next request' | 'at its next touch'

type Tests = (setup: Setup) => void

/** Describes what holds on every store, in both modes. */
export const describeEverywhere = describer(() => everyStore)

export const describeClustered = describer(() => everyStore, [true])

export const describeMemoryFirst = describer(() => everyStore, [false])

/** For what is settled without the store (handlers, cookies, responses, errors, data objects): Redis would only take its time. */
export const describeEmbedded = (tests: Tests) => describeModes({ memory: both, lmdb: both }, tests)

/** For what leaves the process. In memory there is nothing of it. */
export const describeStored = (tests: Tests) =>
  only === 'memory'
    ? describe.skip('memory', () => test.skip('keeps everything', () => {}))
    : describeModes(stored, tests)

const stored: Runs = { lmdb: [true, false], redis: [true, false] }

/** For what only the responses decide, where each case needs a server of its own. */
export const describeInMemory = (tests: Tests) => describeModes({ memory: both }, tests)

/** For what a guest of a Hazelcast cluster expects. */
export const describeOnHazelcast = (tests: Tests) => describeModes({ hazelcast: both }, tests)

/**
 * Memory, LMDB and Redis run here. `andServers`: PostgreSQL and Hazelcast too, for what a store could break that queries decide, or
 * that can only compare and set. On these the other cases run by a command of their own, because each costs several times as much.
 */
function describer(runs: () => Runs, modes?: readonly boolean[]) {
  const onMost = (tests: Tests) => describeModes(runs(), tests, modes)
  return Object.assign(onMost, {
    andServers: (tests: Tests) => describeModes({ ...runs(), postgres: both, hazelcast: both }, tests, modes),
  })
}

function describeModes(runs: Runs, tests: Tests, modes: readonly boolean[] = both): void {
  const chosen: Runs = only ? { [only]: everyStore[only] ?? both } : runs
  for (const driver of Object.keys(chosen) as Driver[]) {
    const { learns, withPlace } = stores[driver]
    for (const cluster of modes.filter((mode) => chosen[driver]?.includes(mode))) {
      const setup = { cluster, learns, test: testOn(withPlace, cluster) }
      describe(`${driver}, cluster: ${cluster}`, () => tests(setup))
    }
  }
}

/** The servers of a test file. Each resolves with the URL of a server that starts when somebody first asks. */
interface Servers {
  redis(): Promise<string>
  postgres(): Promise<string>
}

type WithPlace = (use: (place: StorePlace) => Promise<void>, servers: Servers) => Promise<void>

const stores = {
  memory: {
    learns: 'at its next touch',
    withPlace: (use) => use({ driver: sharedMemory(), options: {} }),
  },
  lmdb: {
    learns: 'at its next request',
    withPlace: (use) => withFolder((path) => use({ driver: lmdb, options: { path } })),
  },
  redis: {
    learns: 'from a notice',
    withPlace: async (use, servers) =>
      use({ driver: timeless(redis), options: { url: await servers.redis(), prefix: `test-${randomUUID()}:` } }),
  },
  postgres: {
    learns: 'from a notice',
    withPlace: async (use, servers) =>
      use({ driver: timeless(postgres), options: { url: await servers.postgres(), prefix: `test-${randomUUID()}:` } }),
  },
  hazelcast: {
    learns: 'from a notice',
    withPlace: async (use) =>
      use({
        driver: timeless(hazelcast),
        options: { ...(await sharedServer('hazelcast')), prefix: `test-${randomUUID()}:` },
      }),
  },
  mongodb: {
    learns: 'at its next touch',
    withPlace: async (use) =>
      use({
        driver: timeless(mongodb),
        options: { ...(await sharedServer('mongodb')), prefix: `${randomUUID().slice(0, 8)}:` },
      }),
  },
} satisfies Record<string, { readonly learns: Learns; readonly withPlace: WithPlace }>

type Driver = keyof typeof stores

/** The only one to run on, if the environment chooses it. */
const only = chosenDriver(chosenStore)

function chosenDriver(name: string | undefined): Driver | undefined {
  if (name === undefined || Object.hasOwn(stores, name)) return name as Driver | undefined
  throw new RangeError(`BEHAVIOURS_STORE is ${Object.keys(stores).join(', ')}, not ${name}`)
}

/** For each store `cluster: true`, `false`, or both. */
type Runs = { readonly [Name in Driver]?: readonly boolean[] }

const both = [true, false] as const

/** With `cluster: true` a configuration refuses memory, because no other node sees it. */
const everyStore: Runs = { memory: [false], lmdb: both, redis: both }

const fileTest = base.extend<{ $file: { servers: Servers } }>({
  servers: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
    async ({}, use) => {
      const [redis, postgres] = [once(anyRedis), once(anyPostgres)]
      await use({ redis: async () => (await redis.get()).url, postgres: async () => (await postgres.get()).url })
      for (const { started } of [redis, postgres]) await (await started())?.stop()
    },
    { scope: 'file' },
  ],
})

/** Starts a server when somebody first asks. */
function once<T>(start: () => Promise<T>): { get(): Promise<T>; started(): Promise<T> | undefined } {
  let server: Promise<T> | undefined
  return {
    get() {
      server ??= start()
      return server
    },
    started: () => server,
  }
}

const testOn = (withPlace: WithPlace, cluster: boolean) =>
  fileTest.extend<{ $test: { store: TestStore } }>({
    store: ({ servers }, use) =>
      withPlace(async (place) => {
        const store = new TestStore(place, cluster)
        try {
          await use(store)
        } finally {
          await store.close()
        }
      }, servers),
  })
