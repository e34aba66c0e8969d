import { type Product, productOf } from './catalogue.js'

/** How many of each product, by its id. */
export type Cart = Readonly<Record<string, number>>

export interface Line {
  readonly product: Product
  readonly quantity: number
  readonly cents: number
}

/** The most that a cart holds of one product. */
export const most = 20

export const quantityIn = (cart: Cart = {}, id: string): number => cart[id] ?? 0

/** The cart with one more of a product, up to the most. */
export const withOneMore = (cart: Cart = {}, id: string): Cart => withQuantity(cart, id, quantityIn(cart, id) + 1)

/** The cart with this many of a product, up to the most. With 0 the product is gone. */
export function withQuantity(cart: Cart = {}, id: string, quantity: number): Cart {
  const { [id]: _, ...others } = cart
  return quantity === 0 ? others : { ...cart, [id]: Math.min(quantity, most) }
}

/** Products that the catalogue no longer has are left out. */
export const linesOf = (cart: Cart = {}): Line[] =>
  Object.entries(cart).flatMap(([id, quantity]) => {
    const product = productOf(id)
    return product ? [{ product, quantity, cents: quantity * product.cents }] : []
  })

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { cents }) => sum + cents, 0)

export const piecesOf = (lines: readonly Line[]): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)
