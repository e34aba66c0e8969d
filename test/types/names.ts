import type { IncomingMessage } from 'node:http'
import { type Connection, type Container, createContainer, defineApplication, type ScopesOf } from 'koa-scopes'
import { webSockets } from 'koa-scopes/ws'
import { exactly } from './exactly.js'
import { type Scopes, shop } from './shop.js'

declare const request: IncomingMessage

const back = defineApplication<{ session: { role?: string } }>({})
const container = await createContainer('app.config.yaml', { applications: { shop, back } })

exactly<Scopes>()({} as ScopesOf<typeof shop>)

// The definitions that were given type their applications by name.
exactly<Date>()(container.application('shop').scope.startedAt)
await container.application('back').sessions.open('id', ({ role }) => exactly<string | undefined>()(role))
exactly<Promise<Connection<Scopes>>>()(container.connect('shop', request))
container.scopes('shop')
webSockets(container, 'shop', {
  path: '/live',
  onMessage({ session }) {
    exactly<string[] | undefined>()(session.cart)
    // @ts-expect-error a misspelt attribute
    session.card
  },
})

// @ts-expect-error a misspelt name
container.application('shp')
// @ts-expect-error a misspelt name
container.scopes('shp')
// @ts-expect-error a misspelt name
container.connect('shp', request)
// @ts-expect-error a misspelt name
webSockets(container, 'shp', { path: '/live' })

// Where the file names more applications than the program, all names are accepted.
const open: Container = container
open.application('other')
exactly<Date>()(open.application(shop).scope.startedAt)
exactly<Date>()(open.application<Scopes>('shop').scope.startedAt)

// What the application has not declared.
const clients = container.application('back').clients
// @ts-expect-error no client scope
clients.count()
// @ts-expect-error no client scope
defineApplication<{ session: object }>({ setup: (app) => app.clients.count() })

// @ts-expect-error there is no such scope
defineApplication<{ session: { cart?: string[] }; cleint: { visits?: number } }>({})

// The names of attributes.
defineApplication<Scopes>({
  setup(app) {
    app.use(async ({ scopes }) => {
      exactly<number>()(await scopes.client.increment('visits'))
      await scopes.session.rotate({ keep: ['cart'] })
      // @ts-expect-error a misspelt attribute
      await scopes.client.increment('vists')
      // @ts-expect-error it holds no number
      await scopes.session.increment('cart')
      // @ts-expect-error a misspelt attribute
      await scopes.session.rotate({ keep: ['card'] })
    })
    // `ctx.app` is this application.
    app.use(async ({ app: own }) => {
      exactly<number>()(await own.sessions.count())
      own.cache('pages')
    })
  },
})

// Attributes with any names.
defineApplication<{ session: Record<string, unknown> }>({
  onRequestStart: async ({ scopes }) => {
    await scopes.session.increment('anything')
    await scopes.session.rotate({ keep: ['anything'] })
  },
})
