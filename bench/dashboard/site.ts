import { setTimeout } from 'node:timers/promises'
import { createContainer, defineApplication, silentLogger } from 'koa-scopes'
import { Visitor } from '../../test/support/visitor.js'

interface Scopes {
  session: { cart?: string[] }
  client: { visits?: number }
}

const shop = defineApplication<Scopes>({
  onSessionEnd() {},
  setup(app, { cache }) {
    app.use(async (ctx) => {
      ctx.client.visits = (ctx.client.visits ?? 0) + 1
      if (ctx.path === '/add') ctx.session.cart = [...(ctx.session.cart ?? []), 'tea'].slice(-20)
      if (ctx.path === '/leave') await ctx.scopes.session.invalidate()
      ctx.body = await cache('pages').remember(ctx.path, '3s', () => ctx.path)
    })
  },
})

/** A node with sessions in this Redis, clients in LMDB, and its metrics on the server. */
export const startSite = (redis: string, folder: string) =>
  createContainer(
    {
      server: { port: 0 },
      metrics: { path: '/metrics', process: false, records: '2s' },
      caches: {
        shared: { driver: 'redis', url: redis, storage: true, deadline: '500ms' },
        embedded: { driver: 'lmdb', path: folder, storage: true },
        pages: { driver: 'memory' },
      },
      applications: {
        shop: { session: { storage: 'shared', cluster: true }, client: { storage: 'embedded', cluster: false } },
      },
    },
    { applications: { shop }, logger: silentLogger },
  )

/** In the form of a credential; no record has it. */
const unknown = `${'y'.repeat(22)}.${'x'.repeat(24)}`

/** Visitors who come, look, add and leave, until the signal: more and more of them, and fewer again. */
export async function visit(url: string, until: AbortSignal): Promise<void> {
  const lane = async (number: number) => {
    let visitor = new Visitor()
    for (let step = number; !until.aborted; step += 1) {
      const path = step % 17 === 0 ? '/leave' : step % 3 === 0 ? '/add' : '/look'
      await visitor.get(url, path)
      if (path === '/leave') visitor = new Visitor()
      if (step % 97 === 0) await fetch(url, { headers: { cookie: `shop_sid=${unknown}` } })
      await setTimeout(60 + 40 * Math.sin(step / 40))
    }
  }
  await Promise.all(Array.from({ length: 12 }, (_, number) => lane(number)))
}
