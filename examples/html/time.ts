import { type Html, html } from './html.js'

/** In UTC, because the server does not know where its visitors are. */
const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
})

/** A moment as all examples show it: `31 Jan 2026, 12:00 UTC`. */
export const time = (date: Date): Html => html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`
