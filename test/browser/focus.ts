import type { Page } from 'playwright-core'

/** The id of the control that has the keyboard focus, and the description that a screen reader speaks with it. */
export const focusOf = (page: Page): Promise<{ id: string; description: string }> =>
  page.evaluate(`(() => {
    const { activeElement } = document
    const description = document.getElementById(activeElement.getAttribute('aria-describedby'))
    return { id: activeElement.id, description: description?.textContent ?? '' }
  })()`)

/** Presses Enter in a field or on a button, and waits for the page that follows. */
export async function enter(page: Page, control: ReturnType<Page['locator']>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), control.press('Enter')])
}
