import { html } from '../../html/html.js'
import { time } from '../../html/time.js'
import type { Frame } from '../frame.js'
import type { Order } from '../orders.js'
import { document } from './document.js'
import { linesTable } from './lines.js'

export const orderPage = (frame: Frame, { cents, lines, number, placedAt }: Order): string =>
  document(
    frame,
    `Order ${number}`,
    html`
<p>Placed ${time(new Date(placedAt))}</p>
${linesTable('What you ordered', lines, cents)}
<p><a href="/account">Your account</a></p>`,
  )
