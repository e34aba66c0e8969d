import { type Html, html } from '../../html/html.js'
import { catalogue, type Product } from '../catalogue.js'
import type { Frame } from '../frame.js'
import { euros } from '../money.js'
import { addForm } from './add-form.js'
import { document } from './document.js'

/** What the client scope knows of the visitor. */
interface Known {
  readonly name: string | undefined
  readonly recent: readonly Product[]
}

export const cataloguePage = (frame: Frame, { name, recent }: Known): string =>
  document(
    frame,
    name === undefined ? 'Tea, and what it takes' : `Welcome back, ${name}`,
    html`
<ul class="cards">${catalogue.map((product) => card(frame, product))}</ul>
${recent.length > 0 && viewed(recent)}`,
  )

const card = (frame: Frame, product: Product): Html => html`
<li class="card">
  <h2><a href="/products/${product.id}">${product.name}</a></h2>
  <p>${product.text}</p>
  <p class="price">${euros(product.cents)} <span class="quiet">per ${product.unit}</span></p>
  ${addForm(frame, product, 'catalogue')}
</li>`

const viewed = (products: readonly Product[]): Html => html`
<section aria-labelledby="viewed">
  <h2 id="viewed">You viewed</h2>
  <ul class="row">${products.map(({ id, name }) => html`<li><a href="/products/${id}">${name}</a></li>`)}</ul>
</section>`
