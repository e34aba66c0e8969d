import { describe, expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node, TestStore } from '../support/test-store.js'
import { type Visitor, visitorWith } from '../support/visitor.js'

/** The pages write when their gate opens. */
function slowPages() {
  const gate = new Gate()
  const codes: unknown[] = []
  const pages = {
    ...sessionPages,
    '/slow': async (ctx) => {
      ctx.session.before = 'yes'
      await gate.pass()
      ctx.session.after = 'yes'
    },
    '/slow-commit': async (ctx) => {
      await gate.pass()
      ctx.session.after = 'yes'
      await ctx.scopes.session.commit().catch((error) => {
        codes.push(error.status)
        throw error
      })
      ctx.session.late = 'yes'
    },
    '/slow-login': async (ctx) => {
      await gate.pass()
      await ctx.scopes.session.login('ada')
    },
  } satisfies Record<string, Page>
  return { gate, pages, codes }
}

/** What the store holds of a visitor's session, as another node sees it. */
async function stored(store: TestStore, visitor: Visitor): Promise<Record<string, string>> {
  const { url } = await store.node(shop(sessionPages))
  return (await visitor.get(url, '/read')).json()
}

const hasClosed = async (store: TestStore, { container }: Node): Promise<void> => store.until(container.close())

describe("close() with a server of one's own", () => {
  describeEverywhere(({ test }) => {
    test.for(['response', 'behind'] as const)(
      '78. waits for a running request, whose change is stored, with backup: %s',
      async (backup, { store }) => {
        const { gate, pages } = slowPages()
        const node = await store.node(shop(pages), { session: { ...(!store.cluster && { backup }) } })
        const visitor = await visitorWith(node.url, 'name=ada')
        const answer = visitor.get(node.url, '/slow')
        await gate.reached
        let isClosed = false
        const closing = node.container.close().then(() => {
          isClosed = true
        })
        for (let n = 0; n < 5; n += 1) await fetch(`${node.url}/nothing`)
        expect(isClosed).toBe(false)
        gate.open()
        expect((await answer).status).toBe(200)
        await closing
        expect(await stored(store, visitor)).toEqual({ name: 'ada', before: 'yes', after: 'yes' })
      },
    )

    test('78. waits for a function that open() runs, and refuses further ones', async ({ store }) => {
      const gate = new Gate()
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const id = (await visitor.get(node.url, '/id')).json()
      const job = node.app.sessions.open(id, async (session) => {
        await gate.pass()
        session.job = 'done'
      })
      await gate.reached
      const closing = node.container.close()
      await expect(node.app.sessions.open(id, () => {})).rejects.toMatchObject({ code: 'CONTAINER_CLOSED' })
      gate.open()
      await job
      await closing
      expect(await stored(store, visitor)).toEqual({ name: 'ada', job: 'done' })
      await expect(node.app.sessions.open(id, () => {})).rejects.toMatchObject({ code: 'CONTAINER_CLOSED' })
    })

    test.for(['/slow', '/slow-commit', '/slow-login'])(
      '78. does not wait longer than server.shutdown: then the request gets 503, and nothing of it is stored: %s',
      async (path, { store }) => {
        for (const backup of store.cluster ? [{}] : ([{ backup: 'response' }, { backup: 'behind' }] as const)) {
          const { gate, pages, codes } = slowPages()
          const options = { session: backup, server: { shutdown: '2s' } } as const
          const node = await store.node(shop(pages), options)
          const visitor = await visitorWith(node.url, 'name=ada')
          const answer = visitor.get(node.url, path)
          await gate.reached
          await hasClosed(store, node)
          gate.open()
          const { headers, setCookie, status } = await answer
          expect([status, headers.get('retry-after'), setCookie]).toEqual([503, '5', []])
          if (path === '/slow-commit') expect(codes).toEqual([503])
          expect(await stored(store, visitor)).toEqual({ name: 'ada' })
        }
      },
    )

    test('78. refuses requests that begin after it with 503, and does not start the application again', async ({
      store,
    }) => {
      const { gate, pages } = slowPages()
      const life: string[] = []
      const node = await store.node(
        shop(pages, {
          onApplicationStart: () => void life.push('start'),
          onApplicationEnd: () => void life.push('end'),
        }),
      )
      const visitor = await visitorWith(node.url, 'name=ada')
      const running = visitor.clone().get(node.url, '/slow')
      await gate.reached
      const closing = node.container.close()
      const refused = async () => {
        for (const path of ['/read', '/write?late=yes', '/none']) {
          const { headers, setCookie, status } = await visitor.clone().get(node.url, path)
          expect([status, headers.get('retry-after'), setCookie], path).toEqual([503, '5', []])
        }
      }
      await refused()
      gate.open()
      expect((await running).status).toBe(200)
      await closing
      await refused()
      expect(life).toEqual(['start', 'end'])
      expect(await stored(store, visitor)).toEqual({ name: 'ada', before: 'yes', after: 'yes' })
    })
  })
})
