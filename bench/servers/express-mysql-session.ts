import express from 'express'
import mysqlSession from 'express-mysql-session'
import session from 'express-session'
import { pageOf, type Visit } from './pages.js'
import { poolSize } from './pool-size.js'
import { serve, storage } from './serve.js'

const { hostname, port, username, pathname } = new URL(storage)
const Store = mysqlSession(session as unknown as Parameters<typeof mysqlSession>[0])
const store = new Store({
  host: hostname,
  port: Number(port),
  user: username,
  database: pathname.slice(1),
  connectionLimit: poolSize,
})
await store.onReady()

const app = express()
app.use(session({ store, secret: 'bench', resave: false, saveUninitialized: false }))
app.use((request, response) => {
  response.type('text').send(pageOf(request.path, request as unknown as Visit))
})
await serve(app)
