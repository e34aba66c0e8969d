import { formatPath, type Path } from './path.js'

/** A set of paths. A path in it stands for everything below it too. */
export class PathSet {
  readonly #paths = new Set<string>()

  add(path: Path): void {
    this.#paths.add(formatPath(path))
  }

  /** Whether this path or one around it was added. */
  covers(path: Path): boolean {
    return [path, ...path.map((_, length) => path.slice(0, length))].some((start) => this.#paths.has(formatPath(start)))
  }
}
