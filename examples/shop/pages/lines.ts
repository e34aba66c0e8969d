import { type Html, html } from '../../html/html.js'
import { euros } from '../money.js'

/** What was bought, or is about to be. */
interface Listed {
  readonly name: string
  readonly quantity: number
  readonly cents: number
}

/** A table of lines with their total. */
export const linesTable = (caption: string, lines: readonly Listed[], cents: number): Html => html`
<table>
  <caption class="unseen">${caption}</caption>
  <thead>
    <tr><th scope="col">Product</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Price</th></tr>
  </thead>
  <tbody>${lines.map(
    ({ cents, name, quantity }) => html`
    <tr><th scope="row">${name}</th><td class="number">${quantity}</td><td class="number">${euros(cents)}</td></tr>`,
  )}
  </tbody>
  <tfoot>
    <tr><th scope="row" colspan="2">Total</th><td class="number">${euros(cents)}</td></tr>
  </tfoot>
</table>`
