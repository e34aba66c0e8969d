export interface Product {
  readonly id: string
  readonly name: string
  readonly text: string
  /** What the price is for. */
  readonly unit: string
  /** The price. Whole cents add up without rounding. */
  readonly cents: number
}

/** All products. A shop has them in its database. */
export const catalogue: readonly Product[] = [
  { id: 'assam', name: 'Assam', text: 'Malty and strong. Takes milk well.', unit: '100 g', cents: 690 },
  { id: 'darjeeling', name: 'Darjeeling', text: 'First flush, light and flowery.', unit: '100 g', cents: 1290 },
  { id: 'sencha', name: 'Sencha', text: 'Green and fresh. Brew it at 70 °C.', unit: '100 g', cents: 1150 },
  { id: 'rooibos', name: 'Rooibos', text: 'Without caffeine, with a little vanilla.', unit: '100 g', cents: 495 },
  { id: 'kettle', name: 'Kettle', text: 'Enamelled steel, for one litre and any stove.', unit: 'piece', cents: 4999 },
  { id: 'strainer', name: 'Strainer', text: 'Fine steel mesh. Fits mugs and pots.', unit: 'piece', cents: 850 },
]

export const productOf = (id: string): Product | undefined => catalogue.find((product) => product.id === id)
