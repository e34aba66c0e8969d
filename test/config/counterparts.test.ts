import { describe, expect, it } from 'vitest'
import { errorOf, load } from './loading.js'

const remedies = async (text: string) =>
  (await errorOf(load(text))).problems.map(({ path, remedy }) => `${path.replace('applications.shop.', '')}: ${remedy}`)

describe('keys of other session libraries name what does the same here', () => {
  it('in a scope', async () => {
    const keys =
      'maxAge: 1, ttl: 1, rolling: true, renew: true, store: shared, secret: s, resave: false, saveUninitialized: true'
    const found = await remedies(
      `applications:\n  shop:\n    session: { ${keys}, key: sid, name: sid, signed: true, overwrite: true }`,
    )
    const random = 'Remove it: the cookie carries a random secret, whose digest is stored, so nothing is signed.'
    const slides = 'Remove it: every request that comes with the session extends its life.'
    expect(found).toEqual([
      'session.maxAge: Write timeout, as in: timeout: 30m; for a cookie that outlives the browser also cookie: { persistent: true }.',
      'session.ttl: Write timeout, as in: timeout: 30m.',
      `session.rolling: ${slides}`,
      `session.renew: ${slides}`,
      'session.store: Write storage with the name of a cache, as in: storage: shared.',
      `session.secret: ${random}`,
      'session.resave: Remove it: only what has changed is saved.',
      'session.saveUninitialized: Remove it: a session begins when something is stored in it, or if onSessionStart is defined.',
      'session.key: Write cookie: { name: … }.',
      'session.name: Write cookie: { name: … }.',
      `session.signed: ${random}`,
      'session.overwrite: Remove it: a cookie of this name is always replaced.',
    ])
  })

  it('in a cache, and where they belong to nothing', async () => {
    const found = await remedies('ttl: 30m\nsecret: s\ncaches:\n  shared: { driver: memory, maxAge: 1 }')
    const atScope = (place: string) =>
      `${place}: Write it at a scope: applications: { …: { session: { timeout: 30m } } }.`
    expect(found).toContain(atScope('ttl'))
    expect(found).toContain(atScope('caches.shared.maxAge'))
    expect(found.join()).toContain('secret: Remove it: the cookie carries a random secret')
  })

  it('in a cookie, and in an application', async () => {
    const text = `
applications:
  shop:
    sessionTimeout: 30m
    clientStorage: shared
    session: { cookie: { maxAge: 1, signed: true } }`
    expect(await remedies(text)).toEqual([
      'sessionTimeout: Write it at the scope: session: { timeout: 30m }.',
      'clientStorage: Write it at the scope: client: { storage: shared }.',
      'session.cookie.maxAge: Write timeout at the scope, which the cookie follows; persistent: true if it is to outlive the browser.',
      'session.cookie.signed: Remove it: the cookie carries a random secret, whose digest is stored, so nothing is signed.',
    ])
  })

  it('shows no secret beside them', async () => {
    const { message } = await errorOf(load('applications:\n  shop: { session: { secret: hunter2, maxAge: 1 } }'))
    expect(message).not.toContain('hunter2')
  })
})
