import type { ValueTypes } from '../../src/codec/codec.js'

/** What the steps of a request store as a price. */
export class Money {
  readonly cents: number

  constructor(cents: number) {
    this.cents = cents
  }
}

const custom = {
  is: (value: unknown): value is Money => value instanceof Money,
  serialize: ({ cents }: Money) => cents,
  deserialize: (cents: number) => new Money(cents),
}

/** `old` does not know Money; `new` does; `newest` reads what `new` has stored, and stores another form. */
export type ShopVersion = 'old' | 'new' | 'newest'

const types: Readonly<Record<ShopVersion, ValueTypes>> = {
  old: {},
  new: { classes: { Money } },
  newest: { classes: { Money }, custom: { money: custom } },
}

export const typesOf = (version: ShopVersion = 'old'): ValueTypes => types[version]
