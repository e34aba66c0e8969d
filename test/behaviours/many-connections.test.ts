import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, vi } from 'vitest'
import type { Connection } from '../../src/koa/connect.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { connected } from '../support/connecting.js'
import { describeEverywhere, describeInMemory } from '../support/matrix.js'
import { type OpenScopes, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor } from '../support/visitor.js'

/** Counts the timers that are asked of it. */
class CountingClock extends ManualClock {
  scheduled = 0

  override schedule(run: () => void, delayMs: number) {
    this.scheduled += 1
    return super.schedule(run, delayMs)
  }
}

/** Visitors who each have a session of their own. */
async function visitors(node: Node, count: number): Promise<Visitor[]> {
  const visitor = async () => {
    const connection = await connected(node, undefined, {
      open({ session }) {
        session.name = 'ada'
      },
    })
    connection.close()
    const [, line = ''] = connection.headers.find(([name]) => name === 'set-cookie') ?? []
    const known = new Visitor()
    known.cookies.set('shop_sid', line.slice('shop_sid='.length, line.indexOf(';')))
    return known
  }
  const all: Visitor[] = []
  while (all.length < count) all.push(...(await Promise.all(Array.from({ length: 100 }, visitor))))
  return all
}

async function connections(node: Node, all: readonly Visitor[]): Promise<Connection<OpenScopes>[]> {
  const open: Connection<OpenScopes>[] = []
  for (let start = 0; start < all.length; start += 100)
    open.push(...(await Promise.all(all.slice(start, start + 100).map((visitor) => connected(node, visitor)))))
  return open
}

/** A store that runs by a command of its own takes a minute for ten thousand. */
const count = process.env.BEHAVIOURS_STORE ? 1_000 : 10_000

describe('many live connections', () => {
  describeInMemory(({ test }) => {
    test('152. that are idle cost no timer, and under 3 KB each', async ({ store }) => {
      setFlagsFromString('--expose-gc')
      const collect: () => void = runInNewContext('gc')
      const heap = () => {
        for (let round = 0; round < 3; round += 1) collect()
        return process.memoryUsage().heapUsed
      }
      const clock = new CountingClock()
      const node = await store.node(shop(sessionPages), { clock })
      const all = await visitors(node, count)
      node.traffic.clear()
      const timers = clock.scheduled
      const before = heap()
      const open = await connections(node, all)
      node.traffic.clear()
      const each = (heap() - before) / open.length
      expect(open).toHaveLength(count)
      expect(clock.scheduled).toBe(timers)
      expect(each).toBeLessThan(3_000)
      expect(new Set(open.map(({ sessionId }) => sessionId)).size).toBe(count)
    })
  })

  describeEverywhere(({ test }) => {
    test('156. end together when their sessions do, on another node', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const all = await visitors(a, 300)
      const open = await connections(b, all)
      const ends: string[] = []
      for (const connection of open) connection.onEnd((reason) => ends.push(reason))
      await store.run(2_400)
      expect(ends).toEqual([])
      const ended = await Promise.all(open.map(({ sessionId = '' }) => a.app.sessions.end(sessionId)))
      expect(ended).toEqual(Array(300).fill(1))
      await store.run(1_200)
      await vi.waitFor(() => expect(ends).toEqual(Array(300).fill('ended')), { interval: 5, timeout: 20_000 })
    })
  })
})
