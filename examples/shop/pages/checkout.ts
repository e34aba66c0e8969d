import { html } from '../../html/html.js'
import { type Line, totalOf } from '../cart.js'
import type { Frame } from '../frame.js'
import { document } from './document.js'
import { buttonForm } from './form.js'
import { linesTable } from './lines.js'

export const checkoutPage = (frame: Frame, lines: readonly Line[]): string => {
  const cents = totalOf(lines)
  const listed = lines.map(({ product: { name }, ...line }) => ({ ...line, name }))
  return document(
    frame,
    'Checkout',
    html`
${linesTable('Your order', listed, cents)}
${buttonForm(
  frame,
  '/checkout',
  { id: 'place', verb: 'Place the order' },
  html`<input type="hidden" name="cents" value="${cents}">`,
)}
<p><a href="/cart">Back to the cart</a></p>`,
  )
}
