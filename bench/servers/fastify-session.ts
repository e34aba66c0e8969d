import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { RedisStore } from 'connect-redis'
import Fastify from 'fastify'
import { createClient } from 'redis'
import { pageOf, type Visit } from './pages.js'
import { serve, storage } from './serve.js'

const client = await createClient({ url: storage }).connect()

const app = Fastify()
await app.register(cookie)
await app.register(session, {
  store: new RedisStore({ client }),
  secret: 'a secret of at least thirty-two characters',
  saveUninitialized: false,
  rolling: false,
  cookie: { secure: false },
})
app.get('/*', async (request) => pageOf(request.url, request as unknown as Visit))
await app.ready()
await serve((request, response) => app.routing(request, response))
