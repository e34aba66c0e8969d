import { type Html, html } from '../../html/html.js'
import type { Product } from '../catalogue.js'
import type { Frame } from '../frame.js'
import { buttonForm } from './form.js'

/** Adds one of a product to the cart, and leads back to the page that it was on. */
export const addForm = (frame: Frame, { id, name }: Product, from: 'catalogue' | 'product'): Html =>
  buttonForm(
    frame,
    '/cart/add',
    { id: `add-${id}`, verb: 'Add to cart', about: name },
    html`
  <input type="hidden" name="product" value="${id}">
  <input type="hidden" name="from" value="${from}">`,
  )
