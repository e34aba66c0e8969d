import { type Content, type Item, isShape, newItem, shapes } from '../content.js'

/** The object with the session, in any framework. */
export interface Visit {
  readonly session: Content
}

let changes = 0

/** The same pages for every contestant. `/fill/<shape>` stores a whole session; the others are measured. */
const pages: Readonly<Record<string, (visit: Visit, rest: string) => string>> = {
  none: () => 'hello',
  read: ({ session }) => first(session).name,
  assign({ session }) {
    changes += 1
    session.first = { ...newItem(), stock: { left: changes, shelf: 'shelf 0' } }
    return 'assigned'
  },
  nested({ session }) {
    first(session).stock.left += 1
    return 'changed'
  },
  fill({ session }, shape) {
    if (!isShape(shape)) throw new RangeError(`There is no shape "${shape}"`)
    for (const [name, value] of Object.entries(shapes[shape]())) session[name] = value
    return 'filled'
  },
}

export function pageOf(path: string, visit: Visit): string {
  const [, name = '', rest = ''] = path.split('/')
  const page = pages[name]
  if (!page) throw new RangeError(`There is no page "${name}"`)
  return page(visit, rest)
}

function first({ first }: Content): Item {
  if (!first) throw new Error('This visitor has no session: the contestant lost it')
  return first
}
