import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import request from 'supertest'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cart } from '../../examples/recipes/cart.js'
import { flashMessages } from '../../examples/recipes/flash-messages.js'
import { multiStepForm } from '../../examples/recipes/multi-step-form.js'
import { applicationPerTenant, sharedApplication } from '../../examples/recipes/tenants.js'
import type { ConfigInput } from '../../src/config/load.js'
import type { ContainerOptions } from '../../src/container/create-container.js'
import { quietContainer } from '../support/container.js'

async function started(config: ConfigInput, applications: NonNullable<ContainerOptions['applications']>) {
  const container = await quietContainer(config, { applications })
  onTestFinished(() => container.close())
  return { container, server: container.callback() }
}

/** A store on the disk, which other processes could share. */
async function caches() {
  const path = await mkdtemp(join(tmpdir(), 'koa-scopes-recipes-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return { shared: { driver: 'lmdb', path, storage: true } }
}

/** The application of a recipe, alone, whose sessions are loaded with each request or live in the memory of this node. */
const shop = async (application: NonNullable<ContainerOptions['applications']>[string], cluster = true) =>
  started(
    { caches: await caches(), applications: { shop: { session: { storage: 'shared', cluster } } } },
    { shop: application },
  )

describe.each([true, false])('the cart, with cluster: %s', (cluster) => {
  const products = new Set(['tea', 'coffee'])

  async function filled() {
    const order = vi.fn(async () => setImmediate()) // long enough for the other tab to come in between
    const { server } = await shop(cart(products, order), cluster)
    const browser = request.agent(server)
    await browser.post('/cart/tea').expect(204)
    return { browser, order }
  }

  it('keeps what several tabs add at the same time', async () => {
    const { browser } = await filled()
    const added = ['tea', 'coffee', 'tea', 'coffee', 'tea'].map((product) =>
      browser.post(`/cart/${product}`).expect(204),
    )
    await Promise.all(added)
    await browser.get('/cart').expect(200, { 'item:tea': 4, 'item:coffee': 2 })
    await browser.delete('/cart/tea').expect(204)
    await browser.get('/cart').expect(200, { 'item:coffee': 2 })
    await browser.post('/cart/nothing').expect(404)
  })

  it('is ordered once, though two tabs order it', async () => {
    const { browser, order } = await filled()
    const answers = await Promise.all([browser.post('/order'), browser.post('/order')])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(order.mock.calls).toEqual([[{ 'item:tea': 1 }]])
    await browser.get('/cart').expect(200, {})
  })
})

describe('flash messages', () => {
  it('are shown once, and leave no session behind', async () => {
    const { container, server } = await shop(flashMessages)
    const browser = request.agent(server)
    await browser.post('/address').expect(303)
    await browser.post('/address').expect(303)
    const messages = ['Your address is saved.', 'Your address is saved.']
    await browser.get('/').expect(200, { messages })
    await browser.get('/').expect(200, { messages: [] })
    expect(await container.application('shop').sessions.count()).toBe(0)
  })

  it('may follow a logout', async () => {
    const { server } = await shop(flashMessages)
    const browser = request.agent(server)
    await browser.post('/address').expect(303)
    await browser.post('/logout').expect(303)
    await browser.get('/').expect(200, { messages: ['You are logged out.'] })
    await browser.get('/').expect(200, { messages: [] })
  })

  it('give no session to visitors who have none to see', async () => {
    const { server } = await shop(flashMessages)
    const { headers } = await request(server).get('/').expect(200, { messages: [] })
    expect(headers['set-cookie']).toBeUndefined()
  })
})

describe('the form of several steps', () => {
  /** What a browser says of a form on a page of the application itself. */
  const ownPage = { host: 'shop.example.com', origin: 'http://shop.example.com' }
  const address = { street: 'Hill 1', city: 'Ulm' }

  async function opened() {
    const send = vi.fn(async () => setImmediate())
    const { server } = await shop(multiStepForm(send))
    const browser = request.agent(server)
    const begin = async () => {
      const { headers } = await browser.post('/forms').set(ownPage).expect(303)
      return String(headers.location).replace(/\/address$/, '')
    }
    const post = (path: string, fields: object = {}) => browser.post(path).set(ownPage).type('form').send(fields)
    return { begin, browser, post, send }
  }

  it('keeps each step, in each tab, and is sent once', async () => {
    const { begin, browser, post, send } = await opened()
    const [form, other] = [await begin(), await begin()]
    await post(`${form}/address`, address).expect(303).expect('Location', `${form}/delivery`)
    await post(`${other}/address`, { street: 'Dale 2', city: 'Bonn' }).expect(303)
    await post(form).expect(409, 'A step of this form is missing')
    await post(`${form}/delivery`, { day: '2027-01-31' }).expect('Location', `${form}/summary`)
    const draft = { address, delivery: { day: '2027-01-31' } }
    await browser.get(`${form}/summary`).expect(200, { step: 'summary', draft })
    const answers = await Promise.all([post(form), post(form)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(send.mock.calls).toEqual([[draft]])
    await browser.get(`${other}/address`).expect(200)
  })

  it('refuses what a step does not ask for, and steps that do not exist', async () => {
    const { begin, post } = await opened()
    const form = await begin()
    await post(`${form}/delivery`, { day: 'tomorrow' }).expect(400)
    await post(`${form}/constructor`).expect(404)
    await post('/forms/of-another/address', address).expect(404)
  })

  it('keeps the five newest drafts of a visitor', async () => {
    const { begin, browser } = await opened()
    const forms: string[] = []
    for (let count = 0; count < 7; count++) forms.push(await begin())
    const statuses = []
    for (const form of forms) statuses.push((await browser.get(`${form}/address`)).status)
    expect(statuses).toEqual([404, 404, 200, 200, 200, 200, 200])
  })
})

describe('tenants', () => {
  it('have sessions of their own, each with an application', async () => {
    const { applications, config } = applicationPerTenant(['acme', 'globex'], await caches())
    const { container, server } = await started(config, applications)
    const at = (host: string, cookie = '') => request(server).get('/').set('Host', host).set('Cookie', cookie)
    const { headers } = await at('acme.example.com').expect(200, { tenant: 'acme', visits: 1 })
    const cookie = String(headers['set-cookie']?.[0]).split(';')[0] ?? ''
    await at('acme.example.com', cookie).expect(200, { tenant: 'acme', visits: 2 })
    await at('globex.example.com', cookie.replace('acme', 'globex')).expect(200, { tenant: 'globex', visits: 1 })
    await at('other.example.com').expect(404)
    const counts = ['acme', 'globex'].map((tenant) => container.application(tenant).sessions.count())
    expect(await Promise.all(counts)).toEqual([1, 1])
  })

  it('share an application, and no session of a user', async () => {
    const hosts = new Map([
      ['acme.example.com', 'acme'],
      ['globex.example.com', 'globex'],
    ])
    const { container, server } = await shop(sharedApplication((host) => hosts.get(host)))
    const at = (host: string, path: string, cookie = '') =>
      request(server).get(path).set('Host', host).set('Cookie', cookie)
    const { headers } = await at('acme.example.com', '/login').expect(200, { tenant: 'acme', user: 'acme:anna' })
    const cookie = String(headers['set-cookie']?.[0]).split(';')[0] ?? ''
    await at('acme.example.com', '/', cookie).expect(200, { tenant: 'acme', user: 'acme:anna' })
    await at('globex.example.com', '/', cookie).expect(403)
    await at('globex.example.com', '/').expect(200, { tenant: 'globex', user: null })
    await at('other.example.com', '/').expect(404)
    const { sessions } = container.application('shop')
    expect(await sessions.find({ principal: 'acme:anna' })).toMatchObject([{ description: { tenant: 'acme' } }])
  })
})
