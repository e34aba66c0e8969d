import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyParser as scopedParser } from '@koa/bodyparser'
import multer from '@koa/multer'
import { koaBody } from 'koa-body'
import bodyParser from 'koa-bodyparser'
import { json, serveSite } from './site.js'

for (const [name, parser] of Object.entries({
  'koa-bodyparser': bodyParser(),
  '@koa/bodyparser': scopedParser(),
  'koa-body': koaBody(),
})) {
  test(`${name}: what it has parsed is stored in a session`, async (t) => {
    const { sessions, visit } = await serveSite(t, (app) => {
      app.use(parser)
      app.use((ctx) => {
        if (ctx.method === 'POST') ctx.session.cart = [...(ctx.session.cart ?? []), ctx.request.body.item]
        ctx.body = ctx.session.cart ?? []
      })
    })
    const anna = visit()
    await anna.post('/', { item: 'tea' })
    await anna.post('/', new URLSearchParams({ item: 'milk' }))
    assert.deepEqual(await json(anna.get()), ['tea', 'milk'])
    const before = anna.cookies
    const headers = { 'content-type': 'application/json' }
    assert.equal((await anna.post('/', '{ "item": ', { headers })).status, 400)
    assert.deepEqual(anna.cookies, before)
    assert.deepEqual(await json(anna.get()), ['tea', 'milk'])
    assert.equal(await sessions.count(), 1)
  })
}

test('@koa/multer: an upload is stored in a session, whole', async (t) => {
  const upload = multer({ storage: multer.memoryStorage() })
  const { visit } = await serveSite(t, (app) => {
    app.use((ctx, next) => (ctx.method === 'POST' ? upload.single('photo')(ctx, next) : next()))
    app.use((ctx) => {
      if (ctx.method === 'POST') {
        const { buffer, originalname } = ctx.file
        ctx.session.photo = { name: originalname, title: ctx.request.body.title, bytes: new Uint8Array(buffer) }
      }
      const { bytes, ...photo } = ctx.session.photo
      ctx.body = ctx.path === '/bytes' ? Buffer.from(bytes) : photo
    })
  })
  const bytes = new Uint8Array(50_000).map((_, index) => index)
  const form = new FormData()
  form.set('title', 'At the sea')
  form.set('photo', new Blob([bytes]), 'sea.jpg')
  const anna = visit()
  assert.deepEqual(await json(anna.post('/', form)), { name: 'sea.jpg', title: 'At the sea' })
  assert.deepEqual(new Uint8Array(await (await anna.get('/bytes')).arrayBuffer()), bytes)
})
