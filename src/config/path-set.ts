import type { Path } from './path.js'

interface Branch {
  isIn: boolean
  readonly below: Map<PropertyKey, Branch>
}

const branch = (): Branch => ({ isIn: false, below: new Map() })

/** A set of paths. A path in it stands for everything below it too. */
export class PathSet {
  readonly #root = branch()

  add(path: Path): void {
    let at = this.#root
    for (const key of path.map(nameOf)) {
      const next = at.below.get(key) ?? branch()
      at.below.set(key, next)
      at = next
    }
    at.isIn = true
  }

  /** Whether this path or one around it was added. */
  covers(path: Path): boolean {
    let at: Branch | undefined = this.#root
    for (const key of path.map(nameOf)) {
      if (at.isIn) return true
      at = at.below.get(key)
      if (!at) return false
    }
    return at.isIn
  }
}

/** A list's index and a map's key are one step, in whatever form they come. */
const nameOf = (key: PropertyKey) => (typeof key === 'number' ? String(key) : key)
