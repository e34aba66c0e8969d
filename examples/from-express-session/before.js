import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import { createClient } from 'redis'

const client = await createClient({ url: process.env.REDIS_URL }).connect()

const app = express()
app.use(
  session({
    store: new RedisStore({ client }), // its keys begin with sess:
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 86_400_000 },
  }),
)

app.get('/login', (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error)
    req.session.user = String(req.query.name) // where the password was right
    res.json({ user: req.session.user })
  })
})
app.get('/add', (req, res) => {
  req.session.cart = [...(req.session.cart ?? []), req.query.item]
  res.json({ cart: req.session.cart })
})
app.get('/logout', (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.json({ user: null })))
})
app.get('/', (req, res) => {
  res.json({ user: req.session.user ?? null, cart: req.session.cart ?? [] })
})

app.listen(process.env.PORT)
