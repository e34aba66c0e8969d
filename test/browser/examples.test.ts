import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import account from '../../examples/account/application.js'
import { startNode } from '../../examples/chat/node.js'
import { Room } from '../../examples/chat/room.js'
import twoNodes from '../../examples/two-nodes/application.js'
import visits from '../../examples/visits/application.js'
import { silentLogger } from '../../src/support/logger.js'
import { hasChromium, startChromium } from '../support/chromium.js'
import { quietContainer, withFolder } from '../support/container.js'
import { serveContainer } from '../support/visitor.js'
import { findingsOn } from './findings.js'
import { enter, focusOf } from './focus.js'

describe.skipIf(!hasChromium)('after a form (needs Chromium on PATH or in CHROMIUM_PATH)', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await startChromium()
  })

  afterAll(() => browser?.close())

  /** A browser without scripts on the first page of the example. */
  async function open(application: typeof visits | typeof twoNodes | typeof account): Promise<Page> {
    const container = await quietContainer(
      { caches: { pages: { driver: 'memory' } }, applications: { example: { session: {}, client: {} } } },
      { applications: { example: application } },
    )
    const { close, url } = await serveContainer(container)
    const page = await opened(url)
    onTestFinished(async () => {
      await close()
      await container.close()
    })
    return page
  }

  async function opened(url: string): Promise<Page> {
    const context = await browser.newContext({ javaScriptEnabled: false })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(url)
    return page
  }

  const field = async (page: Page, label: string, text: string) => {
    await page.getByLabel(label).fill(text)
    await enter(page, page.getByLabel(label))
  }
  const press = (page: Page, name: string) => enter(page, page.getByRole('button', { name, exact: true }))

  it('of visits the visitor goes on where they were, and hears what happened, once', async () => {
    const page = await open(visits)
    await field(page, 'Add an item', 'tea')
    expect(await focusOf(page)).toEqual({ id: 'item', description: 'tea is in your cart.' })
    expect(await page.getByRole('status').allTextContents()).toEqual(['tea is in your cart.'])
    await page.reload()
    expect(await page.getByRole('status').count()).toBe(0)
    await field(page, 'Your name', 'Ada')
    expect(await focusOf(page)).toEqual({ id: 'logout', description: 'You are logged in as Ada.' })
    await press(page, 'Rotate')
    expect(await focusOf(page)).toEqual({ id: 'rotate', description: 'Your session has a new cookie.' })
    await press(page, 'Log out')
    expect(await focusOf(page)).toEqual({ id: 'name', description: 'You are logged out.' })
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Welcome')
  })

  it('of two-nodes that removes an item the visitor goes on at the next one', async () => {
    const page = await open(twoNodes)
    for (const item of ['tea', 'milk', 'salt']) await field(page, 'Add an item', item)
    expect(await focusOf(page)).toEqual({ id: 'item', description: 'salt is in your cart.' })
    await press(page, 'Remove milk')
    expect(await focusOf(page)).toEqual({ id: 'remove-1', description: 'milk is removed.' })
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Remove salt')
    await press(page, 'Remove salt')
    expect(await focusOf(page)).toEqual({ id: 'remove-0', description: 'salt is removed.' })
    await press(page, 'Remove tea')
    expect(await focusOf(page)).toEqual({ id: 'item', description: 'tea is removed.' })
    await field(page, 'Your name', 'Ada')
    await press(page, 'Log out everywhere else')
    expect(await focusOf(page)).toEqual({ id: 'logout-elsewhere', description: 'You were logged in nowhere else.' })
    await press(page, 'Log out')
    expect(await focusOf(page)).toEqual({ id: 'name', description: 'You are logged out.' })
  })

  it('of account the visitor hears what happened', async () => {
    const page = await open(account)
    const login = async (password: string) => {
      await page.getByLabel('Name').fill('anna')
      await field(page, 'Password', password)
    }
    await login('wrong')
    expect(await focusOf(page)).toEqual({ id: 'name', description: 'There is no such name with this password.' })
    await login('secret')
    expect(await focusOf(page)).toEqual({ id: 'title', description: 'You are logged in.' })
    await press(page, 'Log out all others')
    expect(await focusOf(page)).toEqual({ id: 'title', description: 'You were logged in nowhere else.' })
    await press(page, 'Log out')
    expect(await focusOf(page)).toEqual({ id: 'name', description: 'You are logged out.' })
  })

  it('of the chat the visitor hears that they are logged out', () =>
    withFolder(async (folder) => {
      const options = { name: 'a', port: 0, folder, room: new Room(), peer: () => '/', timeout: '5m' }
      const node = await startNode({ ...options, logger: silentLogger })
      try {
        const page = await opened(node.server.url)
        await field(page, 'Your name', 'Ada')
        await press(page, 'Log out')
        expect(await focusOf(page)).toEqual({ id: 'name', description: 'You are logged out.' })
        await page.goto(`${node.server.url}/nothing/here`)
        expect(await page.getByRole('link').getAttribute('href')).toBe('/')
        expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).not.toBe('none')
      } finally {
        await node.container.close()
      }
    }))

  it('the pages are accessible and fit, also those of errors', async () => {
    const page = await open(visits)
    const found: string[] = []
    await field(page, 'Add an item', 'tea')
    const context = await browser.newContext({ storageState: await page.context().storageState() })
    onTestFinished(() => context.close())
    const scripted = await context.newPage()
    await scripted.goto(page.url())
    await field(scripted, 'Add an item', 'milk')
    found.push(...(await findingsOn(scripted)))
    await field(scripted, 'Add an item', ' ')
    expect(await scripted.getByRole('heading', { level: 1 }).textContent()).toBe('Please check what you have written')
    found.push(...(await findingsOn(scripted)))
    await Promise.all([scripted.waitForEvent('load'), scripted.getByRole('link', { name: 'Back' }).click()])
    expect(await scripted.getByRole('listitem').allTextContents()).toEqual(['tea', 'milk'])
    expect(found).toEqual([])
  })
})
