/** The node that is abused, in a process of its own. argv[2] is a ShopSetup as JSON. */
import { PassThrough } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { serveInProcess } from '../support/serve-in-process.js'
import { type Page, type PageContext, shop } from '../support/shop.js'
import type { FromServer, ShopSetup } from '../support/shop-server.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** The session before the page changes it. */
const seenBy = ({ session }: PageContext) => (session.principal === undefined ? null : { ...session })

const pages: Readonly<Record<string, Page>> = {
  '/begin': async ({ query, scopes, session }) => {
    session.principal = query.principal
    await scopes.session.login(String(query.principal))
  },
  '/page': () => 'hello',
  '/read': (ctx) => ({ seen: seenBy(ctx) }),
  '/write': (ctx) => {
    const seen = seenBy(ctx)
    ctx.session.value = ctx.query.value
    return { seen }
  },
  '/increment': async (ctx) => {
    const seen = seenBy(ctx)
    return { seen, sum: await ctx.scopes.session.increment('count') }
  },
  '/lock': async (ctx) => {
    const seen = seenBy(ctx)
    const sum = await ctx.scopes.session.lock(async () => {
      await pause(Number(ctx.query.nap ?? 0))
      ctx.session.locked = (ctx.session.locked ?? 0) + 1
      return ctx.session.locked
    })
    return { seen, sum }
  },
  '/rotate': ({ scopes }) => scopes.session.rotate(),
  '/grow': ({ query, session }) =>
    void Object.assign(session, { [String(query.name)]: 'x'.repeat(Number(query.kb) * 1024) }),
  '/stream': (ctx) => {
    ctx.session.listens = true
    const events = new PassThrough()
    events.write('data: open\n\n')
    ctx.body = events
  },
  '/memory': () => {
    collectGarbage()
    const { external, heapUsed } = process.memoryUsage()
    return heapUsed + external
  },
}

const setup: ShopSetup = JSON.parse(process.argv[2] ?? '')
const container = await createContainer(setup.config, {
  applications: {
    shop: shop(pages, {
      onSessionStart({ client, session }) {
        session.basket = []
        client.visits = 1
      },
    }),
  },
  logger: silentLogger,
})
await serveInProcess(container, (message: FromServer) => process.send?.(message))
