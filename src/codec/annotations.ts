/*
 * superjson writes a value as JSON, and beside it which parts of the JSON stand for something else: `{"cart.at": ["Date"]}`.
 * Here these annotations become a tree that is walked together with the JSON. superjson's own reader looks up each path
 * from the root and lets paths meet, so that hostile bytes of a megabyte could keep it busy for minutes.
 */

/** What a part of the JSON, and the parts below it, stand for. */
export interface Annotation {
  /** As superjson writes it: `"Date"`, or with a name, `["class", "Cart"]`. undefined: what the JSON says. */
  type?: unknown
  /** By name or index in the JSON. */
  parts?: Map<string, Annotation>
}

/** Builds the tree. Throws for annotations of what the JSON does not hold. */
export class Annotations {
  readonly root: Annotation = {}
  /** How many parts are annotated. */
  count = 0

  constructor(values: unknown, json: unknown) {
    if (values !== undefined) this.#add(this.root, values, json)
  }

  #add(annotation: Annotation, tree: unknown, json: unknown): void {
    if (!Array.isArray(tree)) {
      this.#addParts(annotation, tree, json)
      return
    }
    if (annotation.type !== undefined || tree[0] === undefined) throw new Error('its annotations are damaged')
    annotation.type = tree[0]
    this.count += 1
    if (tree[1] !== undefined) this.#addParts(annotation, tree[1], json)
  }

  #addParts(annotation: Annotation, trees: unknown, json: unknown): void {
    if (!isObject(trees)) throw new Error('its annotations are damaged')
    for (const [path, tree] of Object.entries(trees)) {
      let [part, there] = [annotation, json]
      for (const name of namesIn(path)) {
        if (!isObject(there) || !Object.hasOwn(there, name)) throw new Error('it annotates what it does not hold')
        there = Reflect.get(there, name)
        part = partOf(part, name)
      }
      this.#add(part, tree, there)
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function partOf(annotation: Annotation, name: string): Annotation {
  annotation.parts ??= new Map()
  const known = annotation.parts.get(name)
  if (known) return known
  const part = {}
  annotation.parts.set(name, part)
  return part
}

/** The names in a path: dots separate them, and a backslash precedes each dot and backslash within one. */
function namesIn(path: string): string[] {
  if (!path.includes('\\')) return path.split('.')
  const names: string[] = []
  let name = ''
  for (let at = 0; at < path.length; at += 1) {
    const character = path.charAt(at)
    if (character === '.') {
      names.push(name)
      name = ''
    } else if (character === '\\') {
      at += 1
      name += path.charAt(at)
    } else name += character
  }
  return [...names, name]
}
