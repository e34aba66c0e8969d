import type { Server } from 'node:http'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { files } from '../../docs/.vitepress/pages.js'
import { hasChromium, startChromium } from '../support/chromium.js'
import { pagePaths, serveSite } from './built-site.js'

const [narrow, wide] = [360, 1280]
const schemes = ['light', 'dark'] as const
/** Tabs that go through the pages side by side. */
const tabs = 3

/** One page of each kind, which axe looks at. */
const samples = ['index.html', 'scopes.html', 'recipes/carts.html', 'api/koa-scopes/interfaces/Container.html']

/** Contrast is the only thing that differs between light and dark. */
const looks = [
  { colorScheme: 'light', width: wide, only: undefined },
  { colorScheme: 'dark', width: narrow, only: undefined },
  { colorScheme: 'light', width: narrow, only: ['color-contrast'] },
  { colorScheme: 'dark', width: wide, only: ['color-contrast'] },
] as const

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
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width, height: 800 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(url + path)
    return page
  }

  it('shows its pages, light and dark, on a phone and on a screen, without an error and no wider than the window', async () => {
    const left = seenPages()
    expect(left.length).toBeGreaterThan(files.length + 5)
    const found: string[] = []
    const goThrough = async () => {
      const page = await open('')
      let path = ''
      page.on('console', (message) => message.type() === 'error' && found.push(`${path}: ${message.text()}`))
      page.on('pageerror', (error) => found.push(`${path}: ${error.message}`))
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
      await show(page, colorScheme)
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
    const page = await open(path)
    await page.evaluate(axe.source)
    const found: string[] = []
    for (const { colorScheme, only, width } of looks) {
      await page.setViewportSize({ width, height: 800 })
      await show(page, colorScheme)
      const options = { resultTypes: ['violations'], runOnly: only ?? ['wcag2a', 'wcag2aa', 'best-practice'] }
      const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as axe.AxeResults
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      found.push(...serious.map(({ id, nodes }) => `${width} ${colorScheme}: ${id} ${nodes[0]?.html}`))
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
    await page.getByRole('heading', { name: 'Logout everywhere' }).waitFor()
  })

  it('has a menu on a phone', async () => {
    const page = await open('scopes.html', narrow)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Carts' }).click()
    await page.waitForURL(/recipes\/carts\.html$/)
    await page.getByRole('heading', { level: 1, name: 'Carts' }).waitFor()
  })
})

/** The site follows the browser's colour scheme by a class, which a script sets. */
async function show(page: Page, colorScheme: (typeof schemes)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.waitForFunction(`document.documentElement.classList.contains('dark') === ${colorScheme === 'dark'}`)
}

/** All pages, but of the reference, whose pages are made by one template, the lists and a sample. */
const seenPages = (): string[] =>
  pagePaths().filter((path) => !path.startsWith('api/') || path.endsWith('/index.html') || samples.includes(path))
