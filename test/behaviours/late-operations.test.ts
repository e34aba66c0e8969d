import { setImmediate } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import type { ScopedContext } from '../../src/koa/types.js'
import { heard } from '../support/heard.js'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { Visitor, visitorWith } from '../support/visitor.js'

type Handle = ScopedContext<OpenScopes>['scopes']['session']

const operations: Record<string, (handle: Handle) => Promise<unknown>> = {
  commit: (handle) => handle.commit(),
  increment: (handle) => handle.increment('count'),
  rotate: (handle) => handle.rotate(),
  login: (handle) => handle.login('anna'),
  invalidate: (handle) => handle.invalidate(),
  reload: (handle) => handle.reload(),
  lock: (handle) => handle.lock(() => {}),
}

/** Turns of the event loop in which a promise that nothing handles is reported. */
async function someTurns(): Promise<void> {
  for (let n = 0; n < 5; n += 1) await setImmediate()
}

/** An application whose page `/late` hands its context out, which a test uses after the response. */
function handingOut() {
  const contexts: PageContext[] = []
  const late: Page = (ctx) => {
    ctx.session.seen = 1
    contexts.push(ctx)
  }
  const untouched: Page = (ctx) => void contexts.push(ctx)
  const definition = shop({ ...sessionPages, '/late': late, '/late/2': late, '/untouched': untouched })
  const handleAfter = async (visitor: Visitor, node: Node, path: string) => {
    await visitor.get(node.url, path)
    const ctx = contexts.pop()
    if (!ctx) throw new Error('The page was not served')
    return ctx.scopes.session
  }
  return { definition, handleAfter }
}

describe('an operation that is begun after the response', () => {
  describeEverywhere(({ test }) => {
    test('and not awaited does nothing, and leaves an event for each and a line for each route', async ({ store }) => {
      const unhandled = unhandledRejections()
      const log = new LogLines()
      const { definition, handleAfter } = handingOut()
      const node = await store.node(definition, { logger: log.logger })
      const late = heard(node, 'scope:late-operation')
      const visitor = await visitorWith(node.url, 'name=ada')
      const id = (await visitor.get(node.url, '/id')).json()
      const before = visitor.cookies.get('shop_sid')
      const expected: unknown[] = []
      for (const [path, times] of [
        ['/late', 2],
        ['/late/2', 1],
      ] as const)
        for (let n = 0; n < times; n += 1)
          for (const operation of Object.values(operations)) {
            void operation(await handleAfter(visitor, node, `${path}?secret=1`))
            await someTurns()
            expected.push({ scope: 'session', id, where: `GET ${path}` })
          }
      expect(late).toEqual(expected)
      expect(log.shown.map(({ level, fields }) => [level, fields.where])).toEqual([
        ['warn', 'GET /late'],
        ['warn', 'GET /late/2'],
      ])
      expect(log.shown[0]?.fields).toMatchObject({ application: 'shop', scope: 'session', id })
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada', seen: 1 })
      expect((await visitor.get(node.url, '/principal')).json()).toBeNull()
      expect(visitor.cookies.get('shop_sid')).toBe(before)
      expect(unhandled).toEqual([])
    })

    test('and awaited rejects with SCOPE_CLOSED, which is all that is said of it', async ({ store }) => {
      const log = new LogLines()
      const { definition, handleAfter } = handingOut()
      const node = await store.node(definition, { logger: log.logger })
      const late = heard(node, 'scope:late-operation')
      const visitor = await visitorWith(node.url, 'name=ada')
      for (const [name, operation] of Object.entries(operations))
        await expect(operation(await handleAfter(visitor, node, '/late')), name).rejects.toMatchObject({
          code: 'SCOPE_CLOSED',
          message: expect.stringContaining('An operation of the session was begun after the final commit'),
        })
      await someTurns()
      expect([late, log.shown]).toEqual([[], []])
    })

    test('of a request that did not use the scope before is refused too', async ({ store }) => {
      const { definition, handleAfter } = handingOut()
      const node = await store.node(definition)
      const late = heard(node, 'scope:late-operation')
      void (await handleAfter(new Visitor(), node, '/untouched')).increment('count')
      await someTurns()
      expect(late).toEqual([{ scope: 'session', id: undefined, where: 'GET /untouched' }])
      expect(await node.app.sessions.count()).toBe(0)
    })

    test('is refused after the function of a directory, too', async ({ store }) => {
      const unhandled = unhandledRejections()
      const node = await store.node(shop(sessionPages))
      const late = heard(node, 'scope:late-operation')
      const visitor = await visitorWith(node.url, 'name=ada')
      const id = (await visitor.get(node.url, '/id')).json()
      let kept: Handle | undefined
      await node.app.sessions.open(id, (_, handle) => {
        kept = handle
      })
      await expect(kept?.commit()).rejects.toMatchObject({ code: 'SCOPE_CLOSED' })
      void kept?.increment('count')
      await someTurns()
      expect(late).toEqual([{ scope: 'session', id, where: 'open()' }])
      expect(unhandled).toEqual([])
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
    })
  })
})
