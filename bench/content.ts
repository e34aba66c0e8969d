/*
 * The content of the sessions. One attribute is about 400 bytes of JSON in a session of any size, so that reading or
 * changing one means the same in all of them.
 */

export interface Item {
  readonly name: string
  readonly tags: readonly string[] | ReadonlySet<string>
  readonly seen: string | Date
  stock: { left: number; readonly shelf: string }
  readonly text: string
}

/** `first`, which all pages use, and the other attributes of the session. */
export interface Content {
  first?: Item
  [name: string]: unknown
}

export const shapes = {
  small: () => ({ ...items(1), visitor: 'v'.repeat(70) }),
  medium: () => items(50),
  large: () => items(500),
  lump: () => ({ first: item(0, 'l'.repeat(20_000)) }),
  rich: () => Object.fromEntries(Object.entries(items(50)).map(([name, plain]) => [name, enriched(plain)])),
} as const satisfies Record<string, () => Content>

export type Shape = keyof typeof shapes

/** Number of visitors with a session of this shape. */
export const visitorsOf = (shape: Shape): number => (shape === 'large' ? 50 : 250)

export function isShape(name: string): name is Shape {
  return Object.hasOwn(shapes, name)
}

export const newItem = () => item(0)

function items(count: number): Record<string, Item> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [i === 0 ? 'first' : `item${i}`, item(i)]))
}

const shortText = 'a small thing that somebody may want to buy; '.repeat(5)

function item(number: number, text = shortText): Item {
  return {
    name: `item number ${number}`,
    tags: ['red', 'round', 'new', 'on sale'],
    seen: '2026-01-01T12:00:00.000Z',
    stock: { left: 0, shelf: `shelf ${number}` },
    text,
  }
}

const enriched = (plain: Item): Item => ({ ...plain, tags: new Set(plain.tags), seen: new Date(String(plain.seen)) })
