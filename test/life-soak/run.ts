import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConfigInput } from '../../src/config/load.js'
import { randomFrom } from '../faults/random.js'
import { withFolder } from '../support/container.js'
import { type CacheInput, type DurableDriver, withDurableCache } from '../support/durable-cache.js'
import { endAll } from './end-all.js'
import { Fleet } from './fleet.js'
import type { EndLine, History, Terms } from './history.js'
import { tokenHeader } from './requests.js'
import { siteOf } from './site.js'
import { unrestIn } from './unrest.js'
import { visitAll } from './visit-all.js'

export interface Soak {
  readonly seconds: number
  /** How many are to begin in that time. */
  readonly sessions: number
  readonly seed: number
  readonly store: DurableDriver
  readonly mode: 'cluster' | 'memory-first'
}

const nodeCount = 4
/** So long that a busy machine meets it nowhere. */
const deadline = '20s'
// biome-ignore lint/suspicious/noThenProperty: the word reads well in a file, and awaiting a string is harmless
const limit = { perPrincipal: 3, then: 'endOldest' } as const

/** Lets visitors come and nodes go, then all sessions end; everything that was written down. */
export const soak = (plan: Soak): Promise<History> =>
  withDurableCache(plan.store, (cache) =>
    withFolder(async (folder) => {
      const journal = join(folder, 'journal')
      await writeFile(journal, '')
      const fleet = await Fleet.start(nodeCount, { config: configOf(cache, plan), journal })
      try {
        const unrest = unrestIn(fleet, randomFrom(plan.seed))
        const visits = await visitAll(siteOf(fleet, plan), plan).finally(() => unrest.stop())
        const left = await endAll(fleet, journal)
        const ends = linesIn(await readFile(journal, 'utf8'))
        return { terms: termsOf(plan), visits, ends, processes: fleet.processes, left }
      } finally {
        await fleet.kill()
      }
    }),
  )

const configOf = (cache: CacheInput, { mode }: Soak): ConfigInput => ({
  server: { port: 0 },
  caches: { store: { ...cache, deadline } },
  applications: {
    shop: {
      session: { storage: 'store', cluster: mode === 'cluster', limit, carriers: ['cookie', { header: tokenHeader }] },
    },
  },
})

/** As documented in docs/scopes.md. */
const termsOf = ({ mode }: Soak): Terms => ({
  limit: limit.perPrincipal,
  mostAttempts: 5,
  leaseMs: 30_000,
  learnsWithinMs: mode === 'cluster' ? 0 : 1_000,
  slack: mode === 'cluster' ? 0 : 0.1,
  // `touchInterval` is a second, and never more than this share.
  unsentShare: mode === 'cluster' ? 0.1 : 0,
  sharesValues: mode === 'memory-first',
  hasHeirs: mode === 'memory-first',
  toleranceMs: 50,
})

const linesIn = (text: string): EndLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
