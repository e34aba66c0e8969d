import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasChromium, startChromium } from '../support/chromium.js'
import { main } from '../support/cli.js'
import { sourceAt } from '../support/program.js'
import { type ServerProcess, startServer } from '../support/server-process.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe.skipIf(!hasChromium)('the visits example in a browser (needs Chromium on PATH or in CHROMIUM_PATH)', () => {
  let folder: string
  let server: ServerProcess
  let browser: Browser

  /** What `npm start` serves, with a data folder and a port of its own. */
  const start = (port: string) =>
    startServer(join(folder, 'app.config.yaml'), { env: { PORT: port, ADMIN_PORT: '0' }, program: sourceAt(main) })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'koa-scopes-browser-'))
    const config = await readFile(join(root, 'app.config.yaml'), 'utf8')
    await writeFile(join(folder, 'app.config.yaml'), config.replace('./examples', join(root, 'examples')))
    server = await start('0')
    browser = await startChromium()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.kill()
    await rm(folder, { recursive: true })
  })

  async function open(options?: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(server.url)
    return page
  }

  it('counts visits', async () => {
    const page = await open()
    expect(await shown(page, 'Session', 'New')).toBe('yes')
    await page.reload()
    await page.reload()
    expect(await shown(page, 'Session', 'New')).toBe('no')
    expect(await shown(page, 'Session', 'Visits')).toBe('3')
    expect(await shown(page, 'Client', 'Visits')).toBe('3')
  })

  it('shows the cart as it was typed, whatever was typed', async () => {
    const page = await open()
    const items = ['tea', '<img src="x" onerror="document.body.remove()">']
    for (const item of items) await submit(page, 'Add an item', item)
    expect(await page.getByRole('listitem').allTextContents()).toEqual(items)
  })

  it('shows the name after login; the session stays while its cookie changes', async () => {
    const page = await open()
    const id = await shown(page, 'Session', 'Id')
    const cookie = await sessionCookie(page)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    await submit(page, 'Your name', 'Ada')
    expect(await heading(page)).toBe('Hello, Ada')
    expect(await shown(page, 'Session', 'Id')).toBe(id)
    const cookieAfterLogin = await sessionCookie(page)
    expect(cookieAfterLogin?.value).not.toBe(cookie?.value)
    await press(page, 'Rotate')
    expect(await heading(page)).toBe('Hello, Ada')
    expect(await shown(page, 'Session', 'Id')).toBe(id)
    expect((await sessionCookie(page))?.value).not.toBe(cookieAfterLogin?.value)
  })

  it('begins another session after logout, for the same client', async () => {
    const page = await open()
    const id = await shown(page, 'Session', 'Id')
    await submit(page, 'Add an item', 'tea')
    await submit(page, 'Your name', 'Ada')
    await press(page, 'Log out')
    expect(await heading(page)).toBe('Welcome')
    expect(await page.getByRole('listitem').count()).toBe(0)
    expect(await shown(page, 'Session', 'Id')).not.toBe(id)
    expect(await shown(page, 'Session', 'Visits')).toBe('1')
    expect(await shown(page, 'Client', 'Visits')).toBe('4')
  })

  it('goes on counting when the server was killed and started again', async () => {
    const page = await open()
    await submit(page, 'Add an item', 'tea')
    await submit(page, 'Your name', 'Ada')
    const id = await shown(page, 'Session', 'Id')
    await server.kill()
    server = await start(new URL(server.url).port)
    await page.reload()
    expect(await heading(page)).toBe('Hello, Ada')
    expect(await page.getByRole('listitem').allTextContents()).toEqual(['tea'])
    expect(await shown(page, 'Session', 'Id')).toBe(id)
    expect(await shown(page, 'Session', 'Visits')).toBe('4')
    expect(await shown(page, 'Client', 'Visits')).toBe('4')
    expect(await shown(page, 'Application', 'Requests')).toBe('1')
  })

  it('needs no script, follows the colour scheme, and fits a narrow screen', async () => {
    const narrow = { viewport: { width: 320, height: 640 }, javaScriptEnabled: false }
    const background = 'getComputedStyle(document.body).backgroundColor'
    const light = await open({ ...narrow, colorScheme: 'light' })
    const dark = await open({ ...narrow, colorScheme: 'dark' })
    expect(await light.evaluate(background)).not.toBe(await dark.evaluate(background))
    await submit(light, 'Your name', 'x'.repeat(100))
    expect(await heading(light)).toContain('xxx')
    expect(await light.evaluate('document.documentElement.scrollWidth')).toBe(320)
  })
})

const shown = (page: Page, scope: string, term: string) =>
  page.getByRole('region', { name: scope }).locator(`dt:text-is("${term}") + dd`).textContent()

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

async function submit(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label).fill(text)
  await Promise.all([page.waitForEvent('load'), page.getByLabel(label).press('Enter')])
}

async function press(page: Page, button: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: button }).click()])
}

async function sessionCookie(page: Page) {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => name === 'visits_sid')
}
