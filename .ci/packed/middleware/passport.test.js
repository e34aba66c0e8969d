import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bodyParser } from '@koa/bodyparser'
import koaPassport from 'koa-passport'
import { Strategy } from 'passport-local'
import { json, serveSite } from './site.js'

test('koa-passport with Passport 0.7: logs in with another secret, and out everywhere', async (t) => {
  assert.match(JSON.parse(readFileSync('node_modules/passport/package.json', 'utf8')).version, /^0\.7\./)
  const passport = new koaPassport.KoaPassport()
  passport.use(new Strategy((name, password, done) => done(null, password === 'secret' && { id: name })))
  passport.serializeUser((user, done) => done(null, user.id))
  passport.deserializeUser((id, done) => done(null, { id }))
  const { sessions, visit } = await serveSite(t, (app) => {
    app.use(bodyParser())
    app.use(passport.initialize())
    app.use(passport.session())
    app.use((ctx, next) =>
      ctx.path === '/login' ? passport.authenticate('local', { keepSessionInfo: true })(ctx, next) : next(),
    )
    app.use(async (ctx) => {
      if (ctx.path === '/cart') ctx.session.cart = ['tea']
      if (ctx.path === '/logout') await ctx.logout()
      ctx.body = { user: ctx.state.user?.id ?? null, cart: ctx.session.cart ?? [] }
    })
  })
  const anna = visit()
  await anna.get('/cart')
  const before = anna.clone()
  assert.equal((await anna.post('/login', { username: 'anna', password: 'wrong' })).status, 401)
  await anna.post('/login', { username: 'anna', password: 'secret' })
  assert.deepEqual(await json(anna.get()), { user: 'anna', cart: ['tea'] })
  assert.deepEqual(await json(before.get()), { user: null, cart: [] })
  assert.equal((await sessions.find({ principal: 'anna' })).length, 1)
  await anna.get('/logout')
  assert.deepEqual(await json(anna.get()), { user: null, cart: [] })
  assert.equal(await sessions.count(), 0)
})
