import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { springSessions } from '../../examples/from-spring-session/adopt.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { quietContainer } from '../support/container.js'
import { anyRedis } from '../support/redis-server.js'
import { serveContainer, Visitor } from '../support/visitor.js'

test('212. the example adopts sessions in the layout of Spring Session once, and no expired ones', async () => {
  const server = await anyRedis()
  const redis = new Redis(server.url)
  const shop = defineApplication<{ session: { cart: string[] } }>({
    adopt: springSessions(redis),
    setup(app) {
      app.use((ctx) => {
        ctx.body = { user: ctx.scopes.session.principal, cart: ctx.session.cart }
      })
    },
  })
  const container = await quietContainer({ applications: { shop: { session: {} } } }, { applications: { shop } })
  const { url, close } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
    redis.disconnect()
    await server.stop()
  })

  /** A visitor of the Spring application, who was there so many seconds ago. */
  const visitorOf = async (ago: number): Promise<Visitor> => {
    const id = randomUUID()
    await redis.hset(`spring:session:sessions:${id}`, {
      creationTime: `${Date.now() - 7_200_000}`,
      lastAccessedTime: `${Date.now() - ago * 1_000}`,
      maxInactiveInterval: '1800',
      'sessionAttr:user': '"anna"',
      'sessionAttr:cart': '["tea"]',
    })
    const visitor = new Visitor()
    visitor.cookies.set('SESSION', Buffer.from(id).toString('base64'))
    return visitor
  }

  const visitor = await visitorOf(60)
  const copy = visitor.clone()
  expect((await visitor.get(url)).json()).toEqual({ user: 'anna', cart: ['tea'] })
  expect([...visitor.cookies.keys()]).toEqual(['shop_sid'])
  for (const stranger of [copy, await visitorOf(1_801)])
    expect((await stranger.get(url)).json()).toEqual({ user: null })
})
