import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { ApolloServer } from '@apollo/server'
import { koaMiddleware } from '@as-integrations/koa'
import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import bodyParser from 'koa-bodyparser'
import { createKoaMiddleware } from 'trpc-koa-adapter'
import { json, serveSite } from './site.js'

test('Apollo: resolvers read and write the session, and log in', async (t) => {
  const server = new ApolloServer({
    typeDefs: `
      type Query { cart: [String!]!, user: String }
      type Mutation { add(item: String!): [String!]!, login(name: String!): String, fail: String }`,
    resolvers: {
      Query: {
        cart: (_, __, { ctx }) => ctx.session.cart ?? [],
        user: (_, __, { ctx }) => ctx.scopes.session.principal,
      },
      Mutation: {
        add: (_, { item }, { ctx }) => {
          ctx.session.cart ??= []
          ctx.session.cart.push(item)
          return ctx.session.cart
        },
        login: async (_, { name }, { ctx }) => {
          await ctx.scopes.session.login(name)
          return name
        },
        fail: (_, __, { ctx }) => {
          ctx.session.tries = (ctx.session.tries ?? 0) + 1
          throw new Error('no')
        },
      },
    },
  })
  await server.start()
  t.after(() => server.stop())
  const { sessions, visit } = await serveSite(t, (app) => {
    app.use(bodyParser())
    app.use(koaMiddleware(server, { context: async ({ ctx }) => ({ ctx }) }))
  })
  const anna = visit()
  const ask = async (query) => (await json(anna.post('/', { query }))).data
  assert.deepEqual(await ask('{ cart user }'), { cart: [], user: null })
  assert.equal(await sessions.count(), 0)
  assert.deepEqual(await ask('mutation { a: add(item: "tea") b: add(item: "milk") }'), {
    a: ['tea'],
    b: ['tea', 'milk'],
  })
  const before = anna.clone()
  await ask('mutation { login(name: "anna") }')
  assert.deepEqual(await ask('{ cart user }'), { cart: ['tea', 'milk'], user: 'anna' })
  assert.deepEqual((await json(before.post('/', { query: '{ cart }' }))).data, { cart: [] })
  // To Koa a resolver that throws is a page of status 200: what it changed is saved.
  await ask('mutation { fail }')
  const [{ id }] = await sessions.find({ principal: 'anna' })
  const { attributes } = await sessions.show(id)
  assert.equal(attributes.find(({ name }) => name === 'tries').value, 1)
})

const trpc = initTRPC.context().create()

const router = trpc.router({
  cart: trpc.procedure.query(({ ctx }) => ctx.session.cart ?? []),
  add: trpc.procedure.input(String).mutation(async ({ ctx, input }) => {
    ctx.session.cart = [...(ctx.session.cart ?? []), input]
    await ctx.scopes.session.commit()
    return ctx.session.cart
  }),
  addUncommitted: trpc.procedure.input(String).mutation(({ ctx, input }) => {
    ctx.session.cart = [...(ctx.session.cart ?? []), input]
    return ctx.session.cart
  }),
  login: trpc.procedure.input(String).mutation(async ({ ctx, input }) => {
    await ctx.scopes.session.login(input)
    return ctx.scopes.session.principal
  }),
})

const callers = (anna) => ({
  query: async (name) => (await json(anna.get(`/trpc/${name}`))).result.data,
  mutate: async (name, input) => {
    const response = await anna.post(`/trpc/${name}`, JSON.stringify(input), {
      headers: { 'content-type': 'application/json' },
    })
    return { status: response.status, ...(await response.json()) }
  },
})

test('tRPC by its fetch adapter: procedures read and write the session, and log in', async (t) => {
  const { visit } = await serveSite(t, (app) => {
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/trpc/')) return next()
      const { headers, method, req } = ctx
      const body = method === 'GET' ? {} : { body: req, duplex: 'half' }
      const answer = await fetchRequestHandler({
        endpoint: '/trpc',
        req: new Request(ctx.href, { method, headers, ...body }),
        router,
        createContext: () => ctx,
      })
      ctx.status = answer.status
      for (const [name, value] of answer.headers) ctx.append(name, value)
      ctx.body = Buffer.from(await answer.arrayBuffer())
    })
  })
  const anna = visit()
  const { mutate, query } = callers(anna)
  assert.deepEqual((await mutate('add', 'tea')).result.data, ['tea'])
  assert.deepEqual((await mutate('addUncommitted', 'milk')).result.data, ['tea', 'milk'])
  assert.deepEqual(await query('cart'), ['tea', 'milk'])
  const before = callers(anna.clone())
  assert.equal((await mutate('login', 'anna')).result.data, 'anna')
  assert.deepEqual(await query('cart'), ['tea', 'milk'])
  assert.deepEqual(await before.query('cart'), [])
})

test('trpc-koa-adapter: procedures read the session, and commit what they write', async (t) => {
  const { sessions, visit } = await serveSite(t, (app) => {
    app.use(async (ctx, next) => createKoaMiddleware({ router, prefix: '/trpc', createContext: () => ctx })(ctx, next))
  })
  const anna = visit()
  const { mutate, query } = callers(anna)
  assert.deepEqual((await mutate('add', 'tea')).result.data, ['tea'])
  assert.deepEqual(await query('cart'), ['tea'])
  assert.equal((await mutate('login', 'anna')).result.data, 'anna')
  assert.equal((await sessions.find({ principal: 'anna' })).length, 1)
})

test('trpc-koa-adapter: a procedure that writes and does not commit ends the process', () => {
  const { status, stderr } = spawnSync(process.execPath, ['trpc-without-commit.js'], {
    encoding: 'utf8',
    timeout: 10_000,
  })
  assert.match(stderr, /HEADERS_BEFORE_COMMIT/)
  assert.equal(status, 1)
})
