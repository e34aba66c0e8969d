import { test as base, expect, vi } from 'vitest'
import type { ConfigInput } from '../../../src/config/load.js'
import type { ShopNode } from '../../support/shop-node.js'
import { type Answer, Visitor } from '../../support/visitor.js'
import { applicationsIn } from './modes.js'
import { MortalRedis } from './mortal-redis.js'
import { type Nodes, withNodes } from './nodes.js'
import { ask } from './visits.js'

export const modes = ['together', 'apart'] as const
export type Mode = (typeof modes)[number]

/** Of every call of Redis, in milliseconds. */
export const deadline = 500
/** For what comes back when Redis does. */
export const patience = { timeout: 20_000, interval: 25 }

interface World {
  readonly redis: MortalRedis
  readonly nodes: Nodes
  readonly a: ShopNode
  readonly b: ShopNode
}

/** Vitest's `test` with a Redis that it may kill and two nodes; each test leaves Redis running. */
export const test = base.extend<{ $file: { world: World } }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
    async ({}, use) => {
      const redis = await MortalRedis.unborn()
      try {
        await redis.start()
        await withNodes({ config: configOn(redis) }, 2, (nodes) =>
          use({ redis, nodes, a: nodes.node(0), b: nodes.node(1) }),
        )
      } finally {
        await redis.remove()
      }
    },
    { scope: 'file' },
  ],
})

export const configOn = ({ port }: { readonly port: number }): ConfigInput => ({
  caches: { single: { driver: 'redis', storage: true, port, prefix: 'shop:', deadline: `${deadline}ms` } },
  applications: applicationsIn({ in: modes, session: { timeout: '1h' } }),
})

export function expectUnavailable({ status, headers, setCookie }: Answer): void {
  expect({ status, setCookie }).toEqual({ status: 503, setCookie: [] })
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}

/** The visitor's session as it is first served again. */
export const servedAgain = (shop: { url: string }, visitor: Visitor) =>
  vi.waitFor(async () => {
    const { status, text } = await visitor.get(shop.url, '/?read')
    expect(status).not.toBe(503)
    return JSON.parse(text)
  }, patience)

/** Resolves when the visitor's session is served again, and holds this. */
export const holdsAgain = (shop: { url: string }, visitor: Visitor, session: unknown) =>
  vi.waitFor(async () => {
    const { status, text } = await visitor.get(shop.url, '/?read')
    expect({ status, text: JSON.parse(text || 'null') }).toEqual({ status: 200, text: session })
  }, patience)

/** Resolves when this node can use its store again, and owes it nothing. */
export const recovers = (node: ShopNode, mode: Mode) =>
  vi.waitFor(async () => {
    const told = async (event: string) => (await ask(new Visitor(), node.at(mode), `told=${event}`)).length
    expect(await told('storage:available')).toBe(await told('storage:unavailable'))
  }, patience)
