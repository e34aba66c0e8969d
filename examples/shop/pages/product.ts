import { html } from '../../html/html.js'
import type { Product } from '../catalogue.js'
import type { Frame } from '../frame.js'
import { euros } from '../money.js'
import { addForm } from './add-form.js'
import { document } from './document.js'

export const productPage = (frame: Frame, product: Product): string =>
  document(
    frame,
    product.name,
    html`
<div class="card">
  <p>${product.text}</p>
  <p class="price">${euros(product.cents)} <span class="quiet">per ${product.unit}</span></p>
  ${addForm(frame, product, 'product')}
</div>
<p><a href="/">All products</a></p>`,
  )
