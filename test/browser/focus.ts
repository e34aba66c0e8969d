import type { Page } from 'playwright-core'

interface Focus {
  readonly id: string
  readonly description: string
}

/** A page may give the focus a few frames after it has loaded; each look takes about a millisecond. */
const mostLooks = 1_000

/** The id of the control that has the keyboard focus, and the description that a screen reader speaks with it. */
export async function focusOf(page: Page): Promise<Focus> {
  let focus = await presentFocus(page)
  for (let looks = 1; focus.id === '' && looks < mostLooks; looks += 1) focus = await presentFocus(page)
  return focus
}

const presentFocus = (page: Page): Promise<Focus> =>
  page.evaluate(`(() => {
    const { activeElement } = document
    const description = document.getElementById(activeElement.getAttribute('aria-describedby'))
    return { id: activeElement.id, description: description?.textContent ?? '' }
  })()`)

/** Presses Enter in a field or on a button, and waits for the page that follows. */
export async function enter(page: Page, control: ReturnType<Page['locator']>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), control.press('Enter')])
}
