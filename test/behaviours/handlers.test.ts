import { describe, expect, vi } from 'vitest'
import type { EventHandlers, EventName } from '../../src/koa/handlers.js'
import { Gate } from '../support/gate.js'
import { LogLines } from '../support/log-lines.js'
import { describeEmbedded } from '../support/matrix.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

type Handlers = EventHandlers<OpenScopes>

/** Handlers that write down their names. */
function tracing(trace: string[]): Handlers {
  return {
    onApplicationStart: () => void trace.push('onApplicationStart'),
    onSessionStart: () => void trace.push('onSessionStart'),
    onRequestStart: () => void trace.push('onRequestStart'),
    onRequestEnd: () => void trace.push('onRequestEnd'),
    onMissingTemplate: () => void trace.push('onMissingTemplate'),
    onError: (error, { event }) => void trace.push(`onError ${event}: ${error}`),
    onAbort: () => void trace.push('onAbort'),
  }
}

const fail = () => {
  throw 'failed'
}

describe('the handlers of a request', () => {
  describeEmbedded(({ test }) => {
    test('run in Lucee’s order, around the page', async ({ store }) => {
      const trace: string[] = []
      const definition = shop(
        { '/': () => void trace.push('page') },
        {
          ...tracing(trace),
          async onRequest(_, next) {
            trace.push('onRequest')
            await next()
            trace.push('after the page')
          },
        },
      )
      const { url } = await store.node(definition)
      const visitor = new Visitor()
      await visitor.get(url)
      const perRequest = ['onRequestStart', 'onRequest', 'page', 'after the page', 'onRequestEnd']
      expect(trace).toEqual(['onApplicationStart', 'onSessionStart', ...perRequest])
      trace.length = 0
      await visitor.get(url)
      expect(trace).toEqual(perRequest)
    })

    test('39. when onRequestStart returns false, page and onRequestEnd do not run, and its changes are stored', async ({
      store,
    }) => {
      const trace: string[] = []
      const { url } = await store.node(
        shop(sessionPages, {
          ...tracing(trace),
          onRequestStart(ctx) {
            if (ctx.path !== '/closed') return
            ctx.session.turnedAway = true
            if (ctx.query.politely) ctx.body = 'come back later'
            return false
          },
        }),
      )
      const visitor = await visitorWith(url, 'name=ada')
      trace.length = 0
      expect((await visitor.get(url, '/closed')).status).toBe(404)
      expect(await visitor.get(url, '/closed?politely=1')).toMatchObject({ status: 200, text: 'come back later' })
      expect(trace).toEqual([])
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', turnedAway: true })
    })

    test('40. when the page throws, onError runs with its context, onRequestEnd does not, and changes made before are stored', async ({
      store,
    }) => {
      const trace: unknown[] = []
      const failing: Page = ({ session }) => {
        session.tried = true
        throw new RangeError('no')
      }
      const { url } = await store.node(
        shop(
          { ...sessionPages, '/fail': failing },
          {
            onRequestEnd: ({ path }) => void trace.push(path),
            onError: (error, { event, ctx }) => void trace.push([String(error), event, ctx?.path]),
          },
        ),
      )
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/fail')).status).toBe(500)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', tried: true })
      expect(trace).toEqual(['/write', ['RangeError: no', 'onRequest', '/fail'], '/read'])
    })

    for (const event of [
      'onSessionStart',
      'onRequestStart',
      'onRequest',
      'onMissingTemplate',
      'onRequestEnd',
    ] as const) {
      test(`40. onError is told that ${event} threw, and what follows it does not run`, async ({ store }) => {
        const trace: string[] = []
        const { url } = await store.node(shop({}, { ...tracing(trace), [event]: fail }))
        expect((await new Visitor().get(url, '/missing')).status).toBe(500)
        const order = ['onApplicationStart', 'onSessionStart', 'onRequestStart', 'onMissingTemplate', 'onRequestEnd']
        const before = event === 'onRequest' ? order.slice(0, 3) : order.slice(0, order.indexOf(event))
        expect(trace).toEqual([...before, `onError ${event}: failed`])
      })
    }

    test('onSessionStart gets the log of its application', async ({ store }) => {
      const log = new LogLines()
      const { url } = await store.node(
        shop(sessionPages, { onSessionStart: ({ log }) => log.info('a session starts') }),
        {
          logger: log.logger,
        },
      )
      await new Visitor().get(url, '/id')
      expect(log.shown).toMatchObject([{ message: 'a session starts', fields: { application: 'shop' } }])
    })

    test('40. after an onSessionStart that throws there is no session, and the next request tries again', async ({
      store,
    }) => {
      let starts = 0
      const { app, url } = await store.node(
        shop(sessionPages, {
          onSessionStart({ session }) {
            starts += 1
            session.start = starts
            if (starts === 1) throw new Error('not yet')
          },
        }),
      )
      const visitor = new Visitor()
      expect(await visitor.get(url, '/read')).toMatchObject({ status: 500, setCookie: [] })
      expect(await app.sessions.count()).toBe(0)
      expect((await visitor.get(url, '/read')).json()).toEqual({ start: 2 })
    })

    test('40. an onError that sets a body has answered, with the status of the error unless it sets another', async ({
      store,
    }) => {
      const pages: Record<string, Page> = {
        '/teapot': (ctx) => ctx.throw(418),
        '/error': fail,
        '/other': fail,
      }
      const onError: Handlers['onError'] = (_, { ctx }) => {
        if (!ctx) return
        ctx.body = 'we are sorry'
        if (ctx.path === '/other') ctx.status = 202
      }
      const { url } = await store.node(shop(pages, { onError }))
      for (const [path, status] of Object.entries({ '/teapot': 418, '/error': 500, '/other': 202 }))
        expect(await new Visitor().get(url, path), path).toMatchObject({ status, text: 'we are sorry' })
    })

    test('40. an onError that sets a body has answered for the commit at the end too', async ({ store }) => {
      const page: Page = (ctx) => {
        ctx.session.bad = () => 1
        ctx.body = 'done'
      }
      const onError: Handlers['onError'] = (_, { event, ctx }) => {
        if (ctx) ctx.body = `sorry, ${event}`
      }
      const { url } = await store.node(shop({ '/': page }, { onError }))
      expect(await new Visitor().get(url)).toMatchObject({ status: 500, text: 'sorry, commit', setCookie: [] })
    })

    test('40. an onError that is told of a failed commit cannot begin a scope: nothing would save it', async ({
      store,
    }) => {
      const page: Page = (ctx) => {
        ctx.session.bad = () => 1
      }
      const onError: Handlers['onError'] = (_, { ctx }) => {
        if (!ctx) return
        try {
          ctx.client.seen = true
        } catch (error) {
          ctx.body = (error as { code?: string }).code
        }
      }
      const { url } = await store.node(shop({ '/': page }, { onError }))
      expect(await new Visitor().get(url)).toMatchObject({ text: 'SCOPE_CLOSED', setCookie: [] })
    })

    test('40. an onError that sets no body, or throws itself, leaves the answer to Koa', async ({ store }) => {
      const pages: Record<string, Page> = {
        '/half': (ctx) => {
          ctx.body = 'half a page'
          ctx.throw(418)
        },
        '/hidden': (ctx) => {
          ctx.throw(409, 'said to the visitor')
        },
      }
      const onError: Handlers['onError'] = (_, { ctx }) => {
        if (ctx?.path === '/hidden') throw new Error('onError failed')
      }
      const { url } = await store.node(shop(pages, { onError }))
      expect(await new Visitor().get(url, '/half')).toMatchObject({ status: 418, text: "I'm a Teapot" })
      expect(await new Visitor().get(url, '/hidden')).toMatchObject({ status: 409, text: 'said to the visitor' })
    })

    test('onMissingTemplate runs when nothing answered, can answer, and onRequestEnd runs after it', async ({
      store,
    }) => {
      const trace: string[] = []
      const definition = shop(sessionPages, {
        ...tracing(trace),
        onMissingTemplate(ctx) {
          trace.push('onMissingTemplate')
          ctx.session.missed = ctx.path
          if (ctx.path === '/old') ctx.redirect('/read')
        },
      })
      const { url } = await store.node(definition)
      const visitor = await visitorWith(url, 'name=ada')
      trace.length = 0
      expect((await visitor.get(url, '/old')).status).toBe(302)
      expect((await visitor.get(url, '/nowhere')).status).toBe(404)
      expect(trace).toEqual(Array(2).fill(['onRequestStart', 'onMissingTemplate', 'onRequestEnd']).flat())
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', missed: '/nowhere' })
    })

    test('onRequest can answer in place of the middleware', async ({ store }) => {
      const definition = shop(sessionPages, {
        onRequest: (ctx, next) => {
          if (ctx.path !== '/read') return next()
          ctx.body = 'not today'
        },
      })
      const { url } = await store.node(definition)
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/read')).text).toBe('not today')
      expect((await visitor.get(url, '/id')).json()).toMatch(/^[\w-]{22}$/)
    })

    test('onAbort runs when the visitor leaves early, once, and what the request changed is stored', async ({
      store,
    }) => {
      const [began, aborted] = [new Gate(), new Gate()]
      const trace: string[] = []
      const slow: Page = async ({ session }) => {
        await began.pass()
        session.late = true
      }
      const definition = shop(
        { ...sessionPages, '/slow': slow },
        {
          onAbort({ path }) {
            trace.push(path)
            return aborted.pass()
          },
        },
      )
      const { url } = await store.node(definition)
      const visitor = await visitorWith(url, 'name=ada')
      const leaving = new AbortController()
      const request = visitor.get(url, '/slow', { signal: leaving.signal }).catch((error) => error.name)
      await began.reached
      leaving.abort()
      expect(await request).toBe('AbortError')
      await aborted.reached
      began.open()
      aborted.open()
      await vi.waitFor(async () =>
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', late: true }),
      )
      expect(trace).toEqual(['/slow'])
    })

    test('an onAbort that throws is told to onError', async ({ store }) => {
      const gate = new Gate()
      const told: EventName[] = []
      const definition = shop(
        { '/slow': () => gate.pass() },
        { onAbort: fail, onError: (_, { event }) => void told.push(event) },
      )
      const { url } = await store.node(definition)
      const leaving = new AbortController()
      const request = new Visitor().get(url, '/slow', { signal: leaving.signal }).catch(() => {})
      await gate.reached
      leaving.abort()
      await request
      await vi.waitFor(() => expect(told).toEqual(['onAbort']))
      gate.open()
    })
  })
})
