import Koa from 'koa'
import { defineApplication } from 'koa-scopes'
import { ManualClock, type Site, testContainer, visitor } from 'koa-scopes/testing'

const shop = defineApplication<{ session: { cart: string[] } }>({})

async function tests() {
  const it = await testContainer('app.config.yaml', { applications: { shop }, clock: new ManualClock() })
  const { sessions } = it.application(shop)
  const begun = await sessions.begin({ principal: 'anna', cart: ['tea'] }, { remember: true })
  const anna = it.visitor({ host: 'shop.test', tokens: ['authorization'] }).use(begun)
  const { status } = await anna.at(await it.node()).post('/cart', { item: 'tea' }, { redirect: 'manual' })
  await it.advance('30m')
  await it.advance([0, 0, 30, 0])
  await it.clock.advance(1_000)
  const sites: Site[] = [it, it.container, new Koa(), await it.container.listen(), 'http://127.0.0.1:3000']
  for (const site of sites) visitor(site, { clock: it.clock })

  // @ts-expect-error: there is no such attribute
  await sessions.begin({ basket: ['tea'] })
  // @ts-expect-error: of another type
  await sessions.begin({ cart: 'tea' })
  // @ts-expect-error: a number could be seconds or milliseconds
  await it.advance(30)
  // @ts-expect-error: nothing that can be asked
  visitor({})
  return [status, begun.headers.cookie, it.log.map(({ message }) => message)]
}

void tests
