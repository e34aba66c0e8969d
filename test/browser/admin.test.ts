import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { operatedNode } from '../support/admin-node.js'
import { type OperatedNode, seed, token } from '../support/admin-site.js'
import { hasChromium, startChromium } from '../support/chromium.js'
import { richSession, sampleSessions } from '../support/sample-site.js'
import { faultlessContext } from './faultless-context.js'
import { findingsOn } from './findings.js'

const many = 100_000

describe.skipIf(!hasChromium)('the admin page in a browser (needs Chromium on PATH or in CHROMIUM_PATH)', () => {
  let folder: string
  let browser: Browser
  let node: OperatedNode
  let other: OperatedNode
  const stops: (() => Promise<void>)[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'koa-scopes-admin-'))
    const cache = { driver: 'lmdb', storage: true, path: folder } as const
    const starting = startChromium()
    await seed(cache, sampleSessions(many))
    await seed(cache, [richSession])
    const start = () => operatedNode({ cache, session: { cluster: false } }, (stop) => stops.push(stop))
    node = await start()
    other = await start()
    browser = await starting
  })

  afterAll(async () => {
    await browser?.close()
    await Promise.all(stops.map((stop) => stop()))
    await rm(folder, { recursive: true })
  })

  const origin = () => new URL(node.adminUrl).origin

  /** A browser of an operator who has signed in; what goes wrong on its pages fails the test. */
  async function signedIn(options?: BrowserContextOptions): Promise<Page> {
    const page = await opened(options)
    await page.goto(`${origin()}/?token=${token}`)
    return page
  }

  const opened = async (options?: BrowserContextOptions): Promise<Page> =>
    (await faultlessContext(browser, options)).newPage()

  it('finds a session among 100,000 and ends it; its browser is logged out with its next request, on another node', async () => {
    const visitor = await opened()
    await visitor.goto(`${other.url}/login?user=mallory`)
    const principal = async () => JSON.parse((await visitor.textContent('body')) ?? '').principal
    expect(await principal()).toBe('mallory')

    const page = await signedIn()
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()
    await page.getByRole('link', { name: 'shop, sessions' }).click()
    expect(await page.getByRole('row').count()).toBe(51)
    await page.getByRole('searchbox').fill('mallory')
    await page.getByRole('searchbox').press('Enter')
    expect(await page.getByRole('row').count()).toBe(2)
    await page.locator('tbody th a').click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Session of shop')
    const id = (await page.locator('.facts code').textContent()) ?? ''
    await page.getByRole('link', { name: 'End this session…' }).click()
    expect(await page.getByText('It cannot be undone.').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'End the session' }).click()
    expect(await page.getByRole('status').last().textContent()).toBe('The session was ended.')
    await visitor.goto(other.url)
    expect(await principal()).toBeNull()
    expect(node.lines.all.filter(({ fields }) => fields.audit === 'end')).toEqual([
      expect.objectContaining({
        level: 'info',
        fields: expect.objectContaining({
          id,
          scope: 'session',
          application: 'shop',
          ended: 1,
          by: expect.stringMatching(/^the page, session/),
        }),
      }),
    ])
  })

  it('finds one by the start of its id, page after page', async () => {
    const page = await signedIn()
    const last = [...sampleSessions(many)].at(-1)?.id ?? ''
    await page.goto(`${origin()}/applications/shop/sessions?q=${last.slice(0, 12)}`)
    while ((await page.getByRole('link', { name: last }).count()) === 0)
      await page.getByRole('link', { name: 'Search on' }).click()
    await page.getByRole('link', { name: last }).click()
    expect(await page.locator('.facts code').textContent()).toBe(last)
  })

  it('moves by itself: charts, and events as they happen', async () => {
    const clock = new ManualClock()
    const own = await operatedNode({ options: { clock } })
    const page = await opened()
    await page.goto(`${own.adminUrl}/?token=${token}`)
    const resident = page.locator('output[data-path="memory.resident"]')
    expect(await resident.textContent()).toBe('no figure')
    await page.getByText('Collecting figures').first().waitFor()
    await clock.advance(10_000)
    await page.locator('figure canvas').first().waitFor()
    expect(await page.getByText('Collecting figures').count()).toBe(0)
    await expect.poll(() => resident.textContent(), { timeout: 8_000 }).toMatch(/MB$/)
    await page.goto(`${new URL(own.adminUrl).origin}/events`)
    await fetch(`${own.url}/login?user=latecomer`)
    await expect.poll(() => page.getByText('principal latecomer').count(), { timeout: 8_000 }).toBe(1)
  })

  it('works by keyboard: the first stop skips the navigation', async () => {
    const page = await signedIn()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
  })

  it('works without a script', async () => {
    const page = await opened({ javaScriptEnabled: false })
    await page.goto(`${other.url}/login?user=noscript`)
    await page.goto(`${origin()}/applications/shop/sessions?q=noscript`)
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.locator('tbody th a').click()
    await page.getByRole('link', { name: 'End this session…' }).click()
    await page.getByRole('button', { name: 'End the session' }).click()
    expect(await page.getByText('The session was ended.').isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Log out' }).click()
    expect(await page.getByLabel('Token').isVisible()).toBe(true)
  })

  it('is accessible and fits, light and dark, on a desk and on a phone', async () => {
    const sessions = '/applications/shop/sessions'
    const paths = [
      '/',
      '/applications',
      '/records',
      sessions,
      `${sessions}?q=nobody`,
      `${sessions}/${richSession.id}`,
      `${sessions}/${richSession.id}/end`,
      '/caches',
      '/caches/store',
      '/caches/pages?key=none',
      '/events',
      '/configuration',
      '/none',
    ]
    const page = await signedIn()
    const found: string[] = []
    for (const path of paths) {
      await page.goto(origin() + path)
      found.push(...(await findingsOn(page)))
    }
    await page.goto(origin())
    await page.getByRole('button', { name: 'Log out' }).click()
    found.push(...(await findingsOn(page)))
    expect(found).toEqual([])
  })
})
