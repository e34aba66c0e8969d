import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import { pageOf, type Visit } from './pages.js'
import { serve, storage } from './serve.js'

const client = await createClient({ url: storage }).connect()

const app = express()
app.use(session({ store: new RedisStore({ client }), secret: 'bench', resave: false, saveUninitialized: false }))
app.use((request, response) => {
  response.type('text').send(pageOf(request.path, request as unknown as Visit))
})
await serve(app)
