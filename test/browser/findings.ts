import axe from 'axe-core'
import type { Page } from 'playwright-core'

const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
  { colorScheme: 'light', width: 360, only: ['color-contrast'] },
  { colorScheme: 'dark', width: 1280, only: ['color-contrast'] },
] as const

/** What axe finds serious or critical on a page in each look, and what is too wide. */
export async function findingsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found: string[] = []
  for (const { colorScheme, width, ...rules } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    const options = { resultTypes: ['violations'], ...('only' in rules && { runOnly: rules.only }) }
    const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as axe.AxeResults
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const where = `${page.url()} ${colorScheme} ${width}`
    found.push(...serious.map(({ id, nodes }) => `${where}: ${id} ${nodes[0]?.html}`))
    if ((await page.evaluate('document.documentElement.scrollWidth')) !== width) found.push(`${where}: too wide`)
  }
  return found
}
