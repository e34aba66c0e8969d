import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ContainerOptions } from '../../../src/container/create-container.js'
import { silentLogger } from '../../../src/support/logger.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { announcedOn, ShopNode, Shopper } from './shopper.js'

const minute = 60_000
let folder: string
let node: ShopNode
const here = () => node

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'koa-scopes-shop-'))
  node = await ShopNode.start(folder)
})

afterEach(async () => {
  await node.stop()
  await rm(folder, { recursive: true })
})

async function restart(options?: ContainerOptions): Promise<void> {
  await node.stop()
  node = await ShopNode.start(folder, options)
}

const placedOrders = async (): Promise<{ number: string; user: string; cents: number }[]> =>
  (await readFile(join(folder, 'orders.jsonl'), 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

describe('the cart of the shop', () => {
  it('adds up in cents', async () => {
    const anna = new Shopper(here)
    await anna.add('rooibos', 'rooibos', 'rooibos', 'kettle')
    await anna.open('/cart')
    expect(anna.page).toContain('€14.85')
    expect(anna.page).toContain('Total <strong>€64.84</strong>')
    expect(anna.page).toContain('Cart (4)')
  })

  it('keeps what two tabs add at the same time', async () => {
    const anna = new Shopper(here)
    await anna.open('/')
    const products = ['assam', 'sencha', 'assam', 'kettle', 'assam', 'sencha']
    const answers = await Promise.all(products.map((product) => anna.send('/cart/add', { product, from: 'catalogue' })))
    expect(answers.map(({ status }) => status)).toEqual(products.map(() => 303))
    await anna.open('/cart')
    expect(anna.page).toContain('Cart (6)')
    expect(anna.page).toContain(`Total <strong>€${((3 * 690 + 2 * 1150 + 4999) / 100).toFixed(2)}</strong>`)
  })

  it('keeps what two nodes add at the same time', async () => {
    const other = await ShopNode.start(folder)
    onTestFinished(() => other.stop())
    const anna = new Shopper(here)
    await anna.open('/')
    const there = new Shopper(() => other)
    for (const [name, value] of anna.visitor.cookies) there.visitor.cookies.set(name, value)
    there.page = anna.page
    const products = ['assam', 'assam', 'sencha', 'sencha']
    await Promise.all(
      products.flatMap((product) => [anna, there].map((tab) => tab.send('/cart/add', { product, from: 'product' }))),
    )
    await anna.open('/cart')
    expect(anna.page).toContain('Cart (8)')
  })

  it('survives a restart, and so do what was viewed and the login', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.open('/products/darjeeling')
    await anna.login()
    await restart()
    expect((await anna.open('/cart')).text).toContain('€6.90')
    expect((await anna.open('/')).text).toMatch(/You viewed[\s\S]*Darjeeling/)
    expect(anna.page).toContain('Welcome back, anna')
    expect((await anna.open('/account')).status).toBe(200)
  })

  it('changes quantities, and removes', async () => {
    const anna = new Shopper(here)
    await anna.add('assam', 'sencha')
    await anna.submit('/cart/change', { product: 'assam', quantity: '3' })
    expect(announcedOn(anna.page)).toBe('Assam: the quantity is 3.')
    expect(anna.page).toContain('€20.70')
    await anna.submit('/cart/change', { product: 'assam', quantity: '0' })
    expect(announcedOn(anna.page)).toBe('Assam is removed.')
    await anna.submit('/cart/change', { product: 'sencha', quantity: '0' })
    expect(anna.page).toContain('It is empty so far.')
  })

  it('takes no more than the most, and says so', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.submit('/cart/change', { product: 'assam', quantity: '20' })
    await anna.submit('/cart/add', { product: 'assam', from: 'product' })
    expect(announcedOn(anna.page)).toBe('Your cart has 20 of Assam, which is the most.')
    expect(anna.page).toContain('Cart (20)')
  })

  it.each([
    ['an unknown product', '/cart/add', { product: '__proto__', from: 'product' }],
    ['a page elsewhere', '/cart/add', { product: 'assam', from: '//evil.example' }],
    ['a quantity below none', '/cart/change', { product: 'assam', quantity: '-1' }],
    ['a fraction', '/cart/change', { product: 'assam', quantity: '1.5' }],
    ['too many', '/cart/change', { product: 'assam', quantity: '21' }],
  ])('refuses %s, and changes nothing', async (_, action, fields) => {
    const anna = new Shopper(here)
    await anna.add('assam')
    const { status, text } = await anna.send(action, fields)
    expect(status).toBe(400)
    expect(text).toContain('<h1>Please check what you have written</h1>')
    await anna.open('/cart')
    expect(anna.page).toContain('Cart (1)')
  })

  it('is in the log if it is abandoned', async () => {
    const info = vi.fn()
    const logger = { ...silentLogger, info, child: () => logger }
    const clock = new ManualClock()
    await restart({ logger, clock })
    const [anna, berta] = [new Shopper(here), new Shopper(here)]
    await anna.add('assam', 'assam', 'kettle')
    await berta.open('/')
    clock.jump(32 * minute)
    const fields = { reason: 'timeout', principal: null, pieces: 3, cents: 6379 }
    // A call that this clock makes late is repeated by the next sweep.
    await vi.waitFor(
      async () => {
        await clock.advance(1_200)
        expect(info).toHaveBeenCalledWith(fields, 'a cart was abandoned')
      },
      { interval: 5 },
    )
    expect(info.mock.calls.filter(([, text]) => text === 'a cart was abandoned')).toHaveLength(1)
  })
})

describe('the login of the shop', () => {
  it('makes a new cookie, keeps the cart, and goes on with it', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    const before = anna.visitor.clone()
    const { text } = await anna.login()
    expect(text).toContain('Your cart')
    expect(text).toContain('€6.90')
    expect(announcedOn(text)).toBe('You are logged in as anna.')
    expect(anna.visitor.cookies.get('shop_sid')).not.toBe(before.cookies.get('shop_sid'))
    expect((await before.get(node.url, '/account')).status).toBe(409)
  })

  it('refuses a wrong password and an unknown name with the same words, and keeps the name', async () => {
    for (const name of ['anna', '<b>nobody</b>']) {
      const { status, text } = await new Shopper(here).login(name, 'wrong')
      expect(status).toBe(403)
      expect(announcedOn(text)).toBe('There is no such name with this password.')
      expect(text).toContain(`value="${name.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"`)
    }
  })

  it('makes an address wait after ten wrong passwords, also if they come at once, until a quarter of an hour has passed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const anna = new Shopper(here)
    await anna.open('/login')
    const guesses = Array.from({ length: 14 }, () => anna.send('/login', { name: 'anna', password: 'wrong' }))
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 403)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(4)
    const refused = await anna.login()
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 15 * 60])
    expect(announcedOn(refused.text)).toBe('Too many attempts. Please try again in 15 minutes.')
    vi.setSystemTime(Date.now() + 15 * minute)
    expect((await anna.login()).text).toContain('Hello, anna')
  })

  it('counts no right password', async () => {
    for (let login = 0; login < 12; login += 1) expect((await new Shopper(here).login()).status).toBe(200)
  })

  it('ends at logout, and the browser keeps the name until it is told to forget it', async () => {
    const anna = new Shopper(here)
    await anna.login()
    await anna.submit('/logout')
    expect(announcedOn(anna.page)).toBe('You are logged out.')
    expect(anna.page).toContain('value="anna"')
    await anna.login()
    await anna.submit('/account/forget')
    expect((await anna.open('/')).text).not.toContain('Welcome back')
  })
})

describe('the account page of the shop', () => {
  it('lists the devices, and logs out one or all others, but none of another user', async () => {
    const [desk, phone, tablet, berta] = [new Shopper(here), new Shopper(here), new Shopper(here), new Shopper(here)]
    for (const device of [desk, phone, tablet]) await device.login()
    await berta.login('berta', 'milk goes in first')
    await desk.open('/account')
    const ids = [...desk.page.matchAll(/name="id" value="([^"]+)"/g)].map(([, id = '']) => id)
    expect(ids).toHaveLength(2)
    for (const id of ids) await berta.submit('/account/end-device', { id })
    expect(announcedOn(berta.page)).toBe('That device was logged out already.')
    await desk.submit('/account/end-device', { id: ids[0] ?? '' })
    expect(announcedOn(desk.page)).toBe('That device is logged out.')
    await desk.submit('/account/end-others')
    expect(announcedOn(desk.page)).toBe('One other device is logged out.')
    for (const device of [phone, tablet]) expect((await device.open('/account')).status).toBe(303)
    expect((await berta.open('/account')).status).toBe(200)
  })

  it('is only for users', async () => {
    const visitor = new Shopper(here)
    for (const path of ['/account', '/checkout', '/orders/1']) {
      const { headers, status } = await visitor.open(path)
      expect([status, headers.get('location')]).toEqual([303, '/login'])
    }
    expect(announcedOn((await visitor.open('/login')).text)).toBe('Please log in first.')
  })
})

describe('the checkout of the shop', () => {
  it('makes one order of a double click', async () => {
    const anna = new Shopper(here)
    await anna.add('assam', 'assam')
    await anna.login()
    await anna.open('/checkout')
    const clicks = await Promise.all([1, 2, 3].map(() => anna.send('/checkout', { cents: '1380' })))
    const orders = await placedOrders()
    expect(orders).toEqual([expect.objectContaining({ user: 'anna', cents: 1380 })])
    const path = `/orders/${orders[0]?.number}`
    expect(clicks.map(({ headers }) => headers.get('location'))).toEqual([path, path, path])
    const { text } = await anna.open(path)
    expect(announcedOn(text)).toBe('Thank you. Your order is placed.')
    expect(text).toContain('Cart (0)')
  })

  it('makes one order if the node dies before the session is saved', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.login()
    await anna.open('/checkout')
    const before = anna.visitor.clone()
    await anna.submit('/checkout', { cents: '690' })
    const [order] = await placedOrders()
    // The session as it was before the order: with its cart and the number.
    const id = before.cookies.get('shop_sid')?.split('.')[0] ?? ''
    const sessions = node.container.application('shop').sessions
    await sessions.open(id, (session) => {
      Object.assign(session, { cart: { assam: 1 }, nextOrder: order?.number })
      delete (session as { lastOrder?: string }).lastOrder
    })
    await restart()
    await anna.open('/checkout')
    const again = await anna.send('/checkout', { cents: '690' })
    expect(again.headers.get('location')).toBe(`/orders/${order?.number}`)
    expect(await placedOrders()).toHaveLength(1)
    expect((await anna.open('/cart')).text).toContain('It is empty so far.')
  })

  it('asks again if another tab has changed the cart', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.login()
    await anna.open('/checkout')
    await anna.send('/cart/add', { product: 'kettle', from: 'product' })
    await anna.submit('/checkout', { cents: '690' })
    expect(announcedOn(anna.page)).toBe('Your cart has changed meanwhile. Please look at it again.')
    expect(anna.page).toContain('€56.89')
    expect(await placedOrders()).toEqual([])
  })

  it('shows an order to its user only, also after a restart', async () => {
    const [anna, berta] = [new Shopper(here), new Shopper(here)]
    await anna.add('kettle')
    await anna.login()
    await anna.open('/checkout')
    await anna.submit('/checkout', { cents: '4999' })
    await appendFile(join(folder, 'orders.jsonl'), '{"number":"cut')
    await restart()
    const [order] = await placedOrders()
    expect((await anna.open(`/orders/${order?.number}`)).text).toContain('€49.99')
    expect((await anna.open('/account')).text).toContain(`/orders/${order?.number}`)
    await berta.login('berta', 'milk goes in first')
    expect((await berta.open(`/orders/${order?.number}`)).status).toBe(404)
    expect((await berta.open('/account')).text).toContain('None so far.')
  })
})

describe('the shop', () => {
  it('refuses forms without a token, and those of other sites', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.login()
    await anna.open('/account')
    const fields = { product: 'kettle', from: 'product' }
    for (const action of ['/cart/add', '/cart/change', '/login', '/logout', '/checkout', '/account/end-others']) {
      expect((await anna.send(action, { ...fields, _csrf: '' })).status).toBe(403)
      expect((await anna.send(action, fields, { origin: 'https://evil.example' })).status).toBe(403)
    }
    await anna.open('/cart')
    expect(anna.page).toContain('Cart (1)')
    expect(anna.page).toContain('/account')
  })

  it('has a token in every form, no inline code, and a policy that allows none', async () => {
    const anna = new Shopper(here)
    await anna.add('assam')
    await anna.login()
    for (const path of ['/', '/products/assam', '/cart', '/login', '/checkout', '/account', '/none']) {
      const { headers, text } = await anna.open(path)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'")
      expect(headers.get('cache-control')).toContain('no-store')
      expect(text).not.toMatch(/<script|<style| style=| on\w+=/)
      expect(text.match(/name="_csrf" value="[^"]{20,}"/g)?.length ?? 0).toBe(text.match(/<form/g)?.length ?? 0)
    }
  })

  it('serves its style without a session', async () => {
    const { headers, setCookie, status } = await new Shopper(here).open('/style.css')
    expect([status, headers.get('content-type'), setCookie]).toEqual([200, 'text/css; charset=utf-8', []])
    expect(headers.get('cache-control')).toBe('max-age=300')
  })

  it('says where nothing is', async () => {
    for (const path of ['/none', '/products/none']) {
      const { status, text } = await new Shopper(here).open(path)
      expect(status).toBe(404)
      expect(text).toContain('There is no such page')
    }
  })
})
