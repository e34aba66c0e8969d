import type { Server } from 'node:http'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasChromium, startChromium } from '../support/chromium.js'
import { pagePaths, serveSite } from './built-site.js'

const [narrow, wide] = [360, 1280]
const schemes = ['light', 'dark'] as const
/** Tabs that go through the pages side by side. */
const tabs = 3

/** One page of each kind, which axe looks at. */
const samples = ['index.html', 'scopes.html', 'recipes/carts.html', 'api/koa-scopes/interfaces/Container.html']

describe.skipIf(!hasChromium)('the site in a browser (needs Chromium on PATH or in CHROMIUM_PATH)', () => {
  let url: string
  let server: Server
  let browser: Browser

  beforeAll(async () => {
    ;({ url, server } = await serveSite())
    browser = await startChromium()
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  async function open(path: string, width = wide): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 800 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(url + path)
    return page
  }

  it('shows every page, light and dark, on a phone and on a screen, without an error and no wider than the window', async () => {
    const left = pagePaths()
    expect(left.length).toBeGreaterThan(100)
    const found: string[] = []
    const goThrough = async () => {
      const page = await open('')
      let path = ''
      page.on('console', (message) => message.type() === 'error' && found.push(`${path}: ${message.text()}`))
      page.on('pageerror', (error) => found.push(`${path}: ${error.message}`))
      page.on('requestfailed', (request) => found.push(`${path}: ${request.url()} failed`))
      for (path = left.pop() ?? ''; path !== ''; path = left.pop() ?? '') found.push(...(await faultsOf(page, path)))
    }
    await Promise.all(Array.from({ length: tabs }, goThrough))
    expect(found).toEqual([])
  })

  async function faultsOf(page: Page, path: string): Promise<string[]> {
    const found: string[] = []
    await page.setViewportSize({ width: wide, height: 800 })
    await page.goto(url + path)
    if (!(await page.getByRole('heading', { level: 1 }).first().textContent())) found.push(`${path} has no heading`)
    const backgrounds = new Set<unknown>()
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme })
      backgrounds.add(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
    }
    if (backgrounds.size !== schemes.length) found.push(`${path} looks the same in light and dark`)
    for (const width of [wide, narrow]) {
      await page.setViewportSize({ width, height: 800 })
      const widest = await page.evaluate('document.documentElement.scrollWidth')
      if (widest !== width) found.push(`${path} is ${widest} wide in a window of ${width}`)
    }
    return found
  }

  it.each(samples)('%s is accessible: axe finds nothing serious', async (path) => {
    const found: string[] = []
    for (const width of [narrow, wide]) {
      const page = await open(path, width)
      await page.evaluate(axe.source)
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme })
        const { violations } = (await page.evaluate(`axe.run({ resultTypes: ['violations'] })`)) as axe.AxeResults
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        found.push(...serious.map(({ id, nodes }) => `${width} ${colorScheme}: ${id} ${nodes[0]?.html}`))
      }
    }
    expect(found).toEqual([])
  })

  it.each([narrow, wide])('finds "logout everywhere" at a width of %i', async (width) => {
    const page = await open('', width)
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('logout everywhere')
    const first = page.getByRole('option').first()
    await first.getByText('Logout everywhere', { exact: false }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/account-pages\.html#logout-everywhere$/)
    expect(await page.getByRole('heading', { name: 'Logout everywhere' }).isVisible()).toBe(true)
  })

  it('leads from the first page to every other one by its menu', async () => {
    const page = await open('scopes.html', narrow)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Carts' }).click()
    await page.waitForURL(/recipes\/carts\.html$/)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Carts')
  })
})
