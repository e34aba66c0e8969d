import { randomUUID } from 'node:crypto'
import { test as base } from 'vitest'
import type { ConfigInput } from '../../../src/config/load.js'
import { anyRedis } from '../../support/redis-server.js'
import { type Nodes, withNodes } from './nodes.js'

/** The names of applications that every node serves. */
export const modes = ['together', 'apart'] as const
export type Mode = (typeof modes)[number]

interface Applications {
  /** The names of further applications in the same mode. */
  readonly also?: (mode: Mode) => readonly string[]
}

/**
 * Vitest's `test` with one Redis for the file, so many nodes that its tests share, and a group, empty at first, that each
 * has to itself.
 */
export function nodesTest(count: number, applications?: Applications) {
  const configOn = (url: string) => ({ caches: cachesOn({ url }), applications: applicationsIn(applications) })
  return base.extend<{ $file: { url: string; shared: Nodes }; $test: { own: Nodes } }>({
    url: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
      async ({}, use) => {
        const { url, stop } = await anyRedis()
        try {
          await use(url)
        } finally {
          await stop()
        }
      },
      { scope: 'file' },
    ],
    shared: [({ url }, use) => withNodes(configOn(url), count, use), { scope: 'file' }],
    own: ({ url }, use) => withNodes(configOn(url), 0, use),
  })
}

/** One cache, `store`, that nobody else uses. */
export const cachesOn = (options: Readonly<Record<string, unknown>>): ConfigInput['caches'] => ({
  store: { driver: 'redis', storage: true, prefix: `test-${randomUUID()}:`, ...options },
})

/** One application in each mode, or several, mounted under their names; sessions end after an hour. */
export function applicationsIn({ also = () => [] }: Applications = {}): ConfigInput['applications'] {
  const applications = modes.flatMap((mode) => {
    const client = { storage: 'store', cluster: mode === 'together' }
    const scopes = { client, session: { ...client, timeout: '1h' } }
    return [mode, ...also(mode)].map((name) => [name, { mount: `/${name}`, ...scopes }])
  })
  return Object.fromEntries(applications)
}
