import { readFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import { apache, type FrontKind, haproxy, nginx, startFront } from '../support/front-server.js'
import { describeInMemory } from '../support/matrix.js'
import { sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** The settings that the documentation shows, with the addresses of a test in place of its own. */
async function documented(language: string, addresses: Readonly<Record<string, string>>): Promise<string> {
  const page = await readFile(new URL('../../docs/clustering.md', import.meta.url), 'utf8')
  const [, settings = ''] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page) ?? []
  expect(settings).toContain('10.0.0.1:8080')
  return Object.entries(addresses).reduce((text, [from, to]) => text.replaceAll(from, to), settings)
}

interface Addresses {
  readonly a: string
  readonly b: string
}

type LoadBalancer = (addresses: Addresses) => Promise<FrontKind>

/** Settings that know the place of the server only when it starts. */
const late =
  (text: string, listen: string) =>
  ({ port }: { readonly port: number }) =>
    text.replace(listen, listen.replace('*:80', `127.0.0.1:${port}`).replace('listen 80', `listen 127.0.0.1:${port}`))

const loadBalancers: Record<string, LoadBalancer> = {
  HAProxy: async ({ a, b }) => {
    const text = await documented('haproxy', { '10.0.0.1:8080': a, '10.0.0.2:8080': b })
    return haproxy(late(text, 'bind *:80'))
  },
  nginx: async ({ a, b }) => {
    const text = await documented('nginx', { '10.0.0.1:8080': a, '10.0.0.2:8080': b })
    return nginx(late(text, 'listen 80'))
  },
  Apache: async ({ a, b }) => {
    const text = await documented('apache', { '10.0.0.1:8080': a, '10.0.0.2:8080': b })
    return apache(['proxy_balancer', 'slotmem_shm', 'lbmethod_byrequests'], () => text)
  },
}

describe.for(Object.entries(loadBalancers))('behind %s', ([, balancer]) => {
  describeInMemory(({ test }) => {
    test('109. a visitor comes to the same node again; if it is gone to another, and stays there', async ({
      store,
    }) => {
      const served: string[] = []
      const at = async (route: string) =>
        store.node(
          shop({
            ...sessionPages,
            '/read': (ctx) => {
              served.push(route)
              return { ...ctx.session }
            },
          }),
          { session: { cookie: { route } } },
        )
      const nodes = { a: await at('a'), b: await at('b') }
      const address = (url: string) => new URL(url).host
      const front = await startFront(await balancer({ a: address(nodes.a.url), b: address(nodes.b.url) }))
      try {
        const visitors: Visitor[] = []
        for (let n = 0; n < 6; n += 1) visitors.push(await visitorWith(front.url, `n=${n}`))
        const routeOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')?.split('.')[2]
        expect(new Set(visitors.map(routeOf)).size).toBe(2)
        for (const [n, visitor] of [...visitors.entries(), ...visitors.entries()]) {
          expect((await visitor.get(front.url, '/read')).json()).toEqual({ n: String(n) })
          expect(served.at(-1)).toBe(routeOf(visitor))
        }
        await nodes.a.stop()
        for (const [n, visitor] of [...visitors.entries(), ...visitors.entries()]) {
          expect((await visitor.get(front.url, '/read')).json()).toEqual({ n: String(n) })
          expect([served.at(-1), routeOf(visitor)]).toEqual(['b', 'b'])
        }
        expect((await new Visitor().get(front.url, '/read')).json()).toEqual({})
      } finally {
        await front.stop()
      }
    })
  })
})
