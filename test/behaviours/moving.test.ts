import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Container } from '../../src/container/container.js'
import type { EventHandlers } from '../../src/koa/handlers.js'
import { quietContainer, withFolder } from '../support/container.js'
import { recordEnds } from '../support/ends.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { serveContainer, Visitor, visitorWith } from '../support/visitor.js'

const pages = {
  ...sessionPages,
  '/count': ({ session }) => {
    session.count = (session.count ?? 0) + 1
    return session.count
  },
  '/timeCreated': ({ scopes }) => scopes.session.timeCreated,
} satisfies Record<string, Page>

type Storage = string | { readonly write: string; readonly fallback: string }

interface Site {
  /** A node that stores sessions there; it stops with the site. */
  node(storage: Storage): Promise<MovingNode>
}

interface MovingNode {
  readonly url: string
  readonly container: Container
  stop(): Promise<void>
}

const forth = { write: 'new', fallback: 'old' } as const
const back = { write: 'old', fallback: 'new' } as const

/** Two LMDB stores, and nodes that use one or both. */
const withSite = (cluster: boolean, use: (site: Site) => Promise<void>, handlers: EventHandlers<OpenScopes> = {}) =>
  withFolder(async (folder) => {
    const nodes: MovingNode[] = []
    const cache = (name: string) => ({ driver: 'lmdb', storage: true, path: join(folder, name) })
    const node: Site['node'] = async (storage) => {
      const container = await quietContainer(
        { caches: { old: cache('old'), new: cache('new') }, applications: { shop: { session: { storage, cluster } } } },
        { applications: { shop: shop(pages, handlers) } },
      )
      const { close, url } = await serveContainer(container)
      const stop = async () => {
        await close()
        await container.close()
      }
      nodes.push({ url, container, stop })
      return { url, container, stop }
    }
    try {
      await use({ node })
    } finally {
      await Promise.all(nodes.map((node) => node.stop()))
    }
  })

describe.each([true, false])('a site that changes its store, cluster: %s', (cluster) => {
  test('keeps its visitors: they go from the old store to both to the new one, and back again', () =>
    withSite(cluster, async ({ node }) => {
      const first = await node('old')
      const visitor = await visitorWith(first.url, 'name=ada')
      await visitor.get(first.url, '/login?as=ada')
      const [id, created] = [
        (await visitor.get(first.url, '/id')).json(),
        (await visitor.get(first.url, '/timeCreated')).json(),
      ]
      await first.stop()
      for (const storage of [back, forth, 'new', forth, back, 'old'] as const) {
        const next = await node(storage)
        const { setCookie, text } = await visitor.get(next.url, '/read')
        expect([JSON.parse(text), setCookie]).toEqual([{ name: 'ada' }, []])
        expect((await visitor.get(next.url, '/principal')).json()).toBe('ada')
        expect((await visitor.get(next.url, '/timeCreated')).json()).toBe(created)
        expect((await visitor.get(next.url, '/id')).json()).toBe(id)
        await next.stop()
      }
    }))

  test('loses no change while nodes of both directions serve one visitor in turn', () =>
    withSite(cluster, async ({ node }) => {
      const nodes = [await node(back), await node(forth), await node(forth)]
      const visitor = await visitorWith(nodes[0]?.url ?? '', 'name=ada')
      for (let count = 1; count <= 30; count += 1)
        expect((await visitor.get(nodes[count % 3]?.url ?? '', '/count')).json()).toBe(count)
      const sessions = await Promise.all(
        nodes.map(({ container }) => container.application<OpenScopes>('shop').sessions.count()),
      )
      expect(sessions).toEqual([1, 1, 1])
    }))

  test('keeps a logout on a node of the other direction', () =>
    withSite(cluster, async ({ node }) => {
      const [a, b] = [await node(back), await node(forth)]
      const visitor = await visitorWith(a.url, 'name=ada')
      const before = visitor.clone()
      await visitor.get(b.url, '/end')
      for (const { url } of [a, b, a]) expect((await before.clone().get(url, '/read')).json()).toEqual({})
    }))

  test('runs the end handler of each session once, whichever store it is in', () => {
    const { ends, handlers } = recordEnds()
    return withSite(
      cluster,
      async ({ node }) => {
        const before = await node('old')
        const [staying, leaving] = [await visitorWith(before.url, 'n=1'), await visitorWith(before.url, 'n=2')]
        await before.stop()
        const [a, b] = [await node(forth), await node(forth)]
        await leaving.get(a.url, '/read')
        await leaving.get(b.url, '/end')
        const { sessions } = b.container.application<OpenScopes>('shop')
        const [id = ''] = (staying.cookies.get('shop_sid') ?? '').split('.')
        expect(await sessions.end(id)).toBe(1)
        await expect.poll(() => ends.length, { timeout: 10_000 }).toBe(2)
        expect(ends.map(({ attempt, reason, session }) => ({ attempt, reason, ...session }))).toEqual(
          expect.arrayContaining([
            { attempt: 1, reason: 'invalidated', n: '2' },
            { attempt: 1, reason: 'ended', n: '1' },
          ]),
        )
      },
      handlers,
    )
  })

  test('lists and limits across both stores', () =>
    withSite(cluster, async ({ node }) => {
      const before = await node('old')
      const [a, b] = [new Visitor(), new Visitor()]
      for (const visitor of [a, b]) await visitor.get(before.url, '/login?as=ada')
      await before.stop()
      const moving = await node(forth)
      await a.get(moving.url, '/read')
      const { sessions } = moving.container.application<OpenScopes>('shop')
      expect((await sessions.find({ principal: 'ada' })).length).toBe(2)
      expect(await sessions.count()).toBe(2)
      expect((await moving.container.health()).applications.shop?.session).toMatchObject({
        storage: 'new',
        fallback: 'old',
      })
    }))
})
