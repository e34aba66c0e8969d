import type { RecordChange, SaveResult } from '../../../src/storage/contract.js'
import type { Name } from './script.js'

/** Attribute values as JSON. */
export interface Change {
  readonly set: ReadonlyMap<Name, string>
  readonly unset: ReadonlySet<Name>
}

export const isNothing = ({ set, unset }: Change) => set.size + unset.size === 0

export interface Standing {
  readonly state: 'new' | 'live' | 'ended' | 'dropped'
  readonly seal: string
}

/** What a record should be: its first attributes, and the changes that count in the order in which they count. */
export class ExpectedRecord {
  /** What the requests of a node share. */
  shared: View | undefined
  readonly #changes: Change[] = []
  /** From its beginning to now. */
  readonly #standings: Standing[]
  /** The last of them that its node has been told. */
  #told = 0

  constructor(standing: Standing = { state: 'new', seal: '' }) {
    this.#standings = [standing]
  }

  /** A record that is there from the beginning. */
  static stored(attributes: ReadonlyMap<Name, string>, seal: string): ExpectedRecord {
    const record = new ExpectedRecord({ state: 'live', seal })
    record.apply({ set: attributes, unset: new Set() })
    return record
  }

  get state(): Standing['state'] {
    return this.#standing.state
  }

  get seal(): string {
    return this.#standing.seal
  }

  get told(): number {
    return this.#told
  }

  standingsSince(index: number): readonly Standing[] {
    return this.#standings.slice(index)
  }

  get attributes(): Map<Name, string> {
    const attributes = new Map<Name, string>()
    for (const { set, unset } of this.#changes) {
      for (const name of unset) attributes.delete(name)
      for (const [name, json] of set) attributes.set(name, json)
    }
    return attributes
  }

  apply(change: Change): void {
    this.#changes.push(change)
  }

  takeBack(change: Change): void {
    this.#changes.splice(this.#changes.indexOf(change), 1)
  }

  /** The store has applied it. To be called when the answer arrives: what this returns. */
  became(change: RecordChange, result: SaveResult): () => void {
    if (result.status !== 'saved') return () => {}
    const isEnd = change.mode === 'update' && change.ending !== undefined
    const state = isEnd ? 'ended' : result.dropped ? 'dropped' : 'live'
    const index = this.#standings.push({ state, seal: newSeal(change) ?? this.seal }) - 1
    return () => {
      this.#told = index
    }
  }

  get #standing(): Standing {
    return this.#standings.at(-1) as Standing
  }
}

export const newSeal = (change: RecordChange) => (change.mode === 'create' ? change.seal : change.reseal?.to)

/** Values somebody works on, and what they were compared with last. */
export class View {
  readonly #values = new Map<Name, unknown>()
  #before: Map<Name, string>

  constructor(attributes: Map<Name, string>) {
    this.#before = attributes
    for (const [name, json] of attributes) this.#values.set(name, JSON.parse(json))
  }

  get names(): Name[] {
    return [...this.#values.keys()]
  }

  read(name: Name): unknown {
    return this.#values.get(name)
  }

  write(name: Name, value: unknown): void {
    this.#values.set(name, value)
  }

  remove(name: Name): void {
    this.#values.delete(name)
  }

  /** What is different now among these names. */
  changes(names: Iterable<Name>): Change {
    return this.#compare(names, (name, json) => this.#before.get(name) !== json)
  }

  /** All of these names as they are now, different or not. */
  state(names: Iterable<Name>): Change {
    return this.#compare(names, () => true)
  }

  accept({ set, unset }: Change): void {
    for (const name of unset) this.#before.delete(name)
    for (const [name, json] of set) this.#before.set(name, json)
  }

  #compare(names: Iterable<Name>, differs: (name: Name, json: string | undefined) => boolean): Change {
    const set = new Map<Name, string>()
    const unset = new Set<Name>()
    for (const name of names) {
      const json = this.#values.has(name) ? JSON.stringify(this.#values.get(name)) : undefined
      if (!differs(name, json)) continue
      if (json === undefined) unset.add(name)
      else set.set(name, json)
    }
    return { set, unset }
  }
}
