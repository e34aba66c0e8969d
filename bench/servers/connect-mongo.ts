import MongoStore from 'connect-mongo'
import express from 'express'
import session from 'express-session'
import { pageOf, type Visit } from './pages.js'
import { poolSize } from './pool-size.js'
import { serve, storage } from './serve.js'

const store = MongoStore.create({ mongoUrl: storage, mongoOptions: { maxPoolSize: poolSize }, dbName: 'bench' })

const app = express()
app.use(session({ store, secret: 'bench', resave: false, saveUninitialized: false }))
app.use((request, response) => {
  response.type('text').send(pageOf(request.path, request as unknown as Visit))
})
await serve(app)
