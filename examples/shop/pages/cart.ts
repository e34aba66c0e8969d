import { type Html, html } from '../../html/html.js'
import { announced, focused } from '../../html/notice.js'
import { type Line, most, totalOf } from '../cart.js'
import type { Frame } from '../frame.js'
import { euros } from '../money.js'
import { document } from './document.js'
import { button, postForm } from './form.js'

export const cartPage = (frame: Frame, lines: readonly Line[]): string =>
  document(
    frame,
    'Your cart',
    lines.length === 0
      ? html`
<p>It is empty so far.</p>
<p><a id="products" href="/"${focused('products', frame.notice)}>To the products</a></p>
${announced(frame.notice, 'products')}`
      : html`
<ul class="lines">${lines.map((line) => lineOf(frame, line))}</ul>
<p class="total">Total <strong>${euros(totalOf(lines))}</strong></p>
<p class="row"><a class="button" href="/checkout">To the checkout</a> <a href="/">More products</a></p>`,
  )

/** Where a visitor who removes a product goes on: at the next one, or the last. */
export function focusAfterRemoval(lines: readonly Line[], id: string): string {
  const row = lines.findIndex(({ product }) => product.id === id)
  const next = lines[row + 1] ?? lines[row - 1]
  return next ? `remove-${next.product.id}` : 'products'
}

const lineOf = (frame: Frame, { cents, product: { id, name, unit }, quantity }: Line): Html => html`
<li>
  <h2><a href="/products/${id}">${name}</a> <span class="quiet">per ${unit}</span></h2>
  <p class="price">${euros(cents)}</p>
  ${quantityForm(frame, id, name, quantity)}
  ${postForm(
    frame,
    '/cart/change',
    html`
  <input type="hidden" name="product" value="${id}">
  <input type="hidden" name="quantity" value="0">
  ${button(frame, { id: `remove-${id}`, verb: 'Remove', about: name, look: 'plain' })}`,
  )}
  ${announced(frame.notice, `quantity-${id}`, `remove-${id}`)}
</li>`

const quantityForm = (frame: Frame, id: string, name: string, quantity: number): Html =>
  postForm(
    frame,
    '/cart/change',
    html`
  <input type="hidden" name="product" value="${id}">
  <label for="quantity-${id}">Quantity<span class="unseen"> of ${name}</span></label>
  <input
    id="quantity-${id}" name="quantity" type="number" min="0" max="${most}" required value="${quantity}"
    ${focused(`quantity-${id}`, frame.notice)}>
  ${button(frame, { id: `change-${id}`, verb: 'Change', about: name, look: 'plain' })}`,
  )
