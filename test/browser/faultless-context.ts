import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'

/** A browser of its own, for the length of a test, which fails if a page has an error or does what its policy refuses. */
export async function faultlessContext(browser: Browser, options?: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  const problems: string[] = []
  context.on('console', (message) => {
    const isStatus = message.text().startsWith('Failed to load resource') // of the pages that say 401, 403 and 404
    if (message.type() === 'error' && !isStatus) problems.push(message.text())
  })
  context.on('weberror', (error) => problems.push(String(error.error())))
  onTestFinished(async () => {
    await context.close()
    expect(problems).toEqual([])
  })
  return context
}
