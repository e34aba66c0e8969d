import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, startChromium } from '../support/chromium.js'
import { main } from '../support/cli.js'
import { sourceAt } from '../support/program.js'
import { type ServerProcess, startServer } from '../support/server-process.js'
import { faultlessContext } from './faultless-context.js'
import { findingsOn } from './findings.js'
import { enter, focusOf } from './focus.js'

describe.skipIf(!hasChromium)('the shop in a browser (needs Chromium on PATH or in CHROMIUM_PATH)', () => {
  let folder: string
  let server: ServerProcess
  let browser: Browser

  /** What `npm run example:shop` serves, with a data folder and ports of its own. */
  const start = (port: string) =>
    startServer('examples/shop/app.config.yaml', {
      env: { PORT: port, ADMIN_PORT: '0', SHOP_DATA: folder },
      program: sourceAt(main),
    })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'koa-scopes-shop-'))
    server = await start('0')
    browser = await startChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.kill()
    await rm(folder, { recursive: true })
  })

  /** A browser in the shop; what the policy of its pages refuses fails the test. */
  async function open(options?: BrowserContextOptions): Promise<Page> {
    const context = await faultlessContext(browser, options)
    const page = await context.newPage()
    await page.goto(server.url)
    return page
  }

  const press = (page: Page, name: string) => enter(page, page.getByRole('button', { name }))

  async function login(page: Page, password: string): Promise<void> {
    await page.getByLabel('Name').fill('anna')
    await page.getByLabel('Password').fill(password)
    await enter(page, page.getByLabel('Password'))
  }

  it('sells without a script, keeps the focus, and makes one order of a double click', async () => {
    const page = await open({ javaScriptEnabled: false })
    await press(page, 'Add to cart Assam')
    expect(await focusOf(page)).toEqual({ id: 'add-assam', description: 'Assam is in your cart.' })
    await press(page, 'Add to cart Assam')
    expect(await focusOf(page)).toEqual({ id: 'add-assam', description: 'Assam is in your cart 2 times.' })
    await page.getByRole('link', { name: 'Kettle', exact: true }).click()
    await press(page, 'Add to cart Kettle')
    expect(new URL(page.url()).pathname).toBe('/products/kettle')
    expect(await focusOf(page)).toEqual({ id: 'add-kettle', description: 'Kettle is in your cart.' })
    await page.getByRole('link', { name: 'Cart (3)' }).click()
    await page.getByLabel('Quantity of Assam').fill('4')
    await enter(page, page.getByLabel('Quantity of Assam'))
    expect(await focusOf(page)).toEqual({ id: 'quantity-assam', description: 'Assam: the quantity is 4.' })
    await press(page, 'Remove Assam')
    expect(await focusOf(page)).toEqual({ id: 'remove-kettle', description: 'Assam is removed.' })

    await page.getByRole('link', { name: 'To the checkout' }).click()
    expect(await focusOf(page)).toEqual({ id: 'name', description: 'Please log in first.' })
    await login(page, 'wrong')
    const refusal = 'There is no such name with this password.'
    expect(await focusOf(page)).toEqual({ id: 'password', description: refusal })
    await login(page, 'one lump or two')
    expect(await focusOf(page)).toEqual({ id: 'title', description: 'You are logged in as anna.' })
    await page.getByRole('link', { name: 'To the checkout' }).click()
    await page.getByRole('button', { name: 'Place the order' }).dblclick()
    await page.waitForURL('**/orders/*')
    // The page of the first click may be there until that of the second one comes.
    await expect
      .poll(() => focusOf(page), { timeout: 10_000 })
      .toEqual({ id: 'title', description: 'Thank you. Your order is placed.' })
    expect((await readFile(join(folder, 'orders.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1)
  })

  it('has the cart and the login after its server was killed', async () => {
    const page = await open()
    await press(page, 'Add to cart Sencha')
    await page.goto(`${server.url}/login`)
    await login(page, 'one lump or two')
    await server.kill()
    server = await start(new URL(server.url).port)
    await page.reload()
    expect(await page.getByRole('link', { name: 'anna' }).count()).toBe(1)
    expect(await page.getByRole('link', { name: 'Cart (1)' }).count()).toBe(1)
  })

  it('is accessible and fits, light and dark, on a desk and on a phone', async () => {
    const found: string[] = []
    const page = await open()
    const visit = async (path: string) => {
      await page.goto(server.url + path)
      found.push(...(await findingsOn(page)))
    }
    await press(page, 'Add to cart Darjeeling')
    found.push(...(await findingsOn(page)))
    for (const path of ['/products/kettle', '/', '/cart', '/none', '/login']) await visit(path)
    await login(page, 'wrong')
    found.push(...(await findingsOn(page)))
    await login(page, 'one lump or two')
    found.push(...(await findingsOn(page)))
    await visit('/checkout')
    await press(page, 'Place the order')
    found.push(...(await findingsOn(page)))
    for (const path of ['/account', '/cart']) await visit(path)
    expect(found).toEqual([])
  })
})
