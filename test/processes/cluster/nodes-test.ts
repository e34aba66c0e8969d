import { test as base } from 'vitest'
import type { ShopSetup } from '../../support/shop-server.js'
import { cachesOn, type Servers, withServers } from './modes.js'
import { type Nodes, withNodes } from './nodes.js'

/** What all nodes of a file serve. */
export interface Served extends Pick<ShopSetup, 'greeting'> {
  readonly applications: ShopSetup['config']['applications']
}

/**
 * Vitest's `test` with the servers of all modes, so many nodes that the tests of the file share, and a group, empty at
 * first, that each test has to itself.
 */
export function nodesTest(count: number, { applications, ...setup }: Served) {
  const setupOn = (servers: Servers) => ({ ...setup, config: { caches: cachesOn(servers), applications } })
  return base.extend<{ $file: { servers: Servers; shared: Nodes }; $test: { own: Nodes } }>({
    servers: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
      ({}, use) => withServers(use),
      { scope: 'file' },
    ],
    shared: [({ servers }, use) => withNodes(setupOn(servers), count, use), { scope: 'file' }],
    own: ({ servers }, use) => withNodes(setupOn(servers), 0, use),
  })
}
