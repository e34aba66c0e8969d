import connectPgSimple from 'connect-pg-simple'
import express from 'express'
import session from 'express-session'
import pg from 'pg'
import { pageOf, type Visit } from './pages.js'
import { poolSize } from './pool-size.js'
import { serve, storage } from './serve.js'

const Store = connectPgSimple(session)
const store = new Store({
  pool: new pg.Pool({ connectionString: storage, max: poolSize }),
  createTableIfMissing: true,
})

const app = express()
app.use(session({ store, secret: 'bench', resave: false, saveUninitialized: false }))
app.use((request, response) => {
  response.type('text').send(pageOf(request.path, request as unknown as Visit))
})
await serve(app)
