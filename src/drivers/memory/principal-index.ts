import type { Entry } from './entry.js'

/** Finds the entries of a principal without looking at the others. */
export class PrincipalIndex {
  readonly #entries = new Map<string, Set<Entry>>()

  /** In the order of their creation. */
  of(principal: string): readonly Entry[] {
    return [...(this.#entries.get(principal) ?? [])].sort((a, b) => a.serial - b.serial)
  }

  move(entry: Entry, from: string | null, to: string | null): void {
    if (from === to) return
    if (from !== null) this.#remove(entry, from)
    if (to !== null) this.#add(entry, to)
  }

  #add(entry: Entry, principal: string): void {
    const entries = this.#entries.get(principal) ?? new Set()
    this.#entries.set(principal, entries.add(entry))
  }

  #remove(entry: Entry, principal: string): void {
    const entries = this.#entries.get(principal)
    entries?.delete(entry)
    if (entries?.size === 0) this.#entries.delete(principal)
  }
}
