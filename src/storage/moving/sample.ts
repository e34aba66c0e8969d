import { storedOf } from '../../codec/sealing/unopened.js'
import type { Clock } from '../../support/clock.js'
import type { Space, StoredRecord } from '../contract.js'

/** The result of comparing records of the old store with those of the new one. */
export interface Verdict {
  readonly compared: number
  /** The ids of records that arrived otherwise than they departed. */
  readonly differing: readonly string[]
  /** Records that visitors changed after their move: only what never changes was compared. */
  readonly changed: number
  /** Records that are in neither store any more: they have ended since. */
  readonly ended: number
}

/** The most records that are kept in memory to be compared. */
const mostKept = 1_000

/** Some of the records that move, chosen at random, each as likely as the others, as they were before. */
export class Sample {
  readonly #from: Space
  readonly #to: Space
  readonly #clock: Clock
  /** By place, up to `mostKept`. */
  readonly #kept = new Map<number, StoredRecord>()
  #offered = 0

  constructor(from: Space, to: Space, clock: Clock) {
    this.#from = from
    this.#to = to
    this.#clock = clock
  }

  /** Called with each record before its move. */
  async offer(id: string): Promise<void> {
    const place = this.#offered < mostKept ? this.#offered : Math.floor(Math.random() * (this.#offered + 1))
    this.#offered += 1
    if (place >= mostKept) return
    const found = await this.#from.load(id, { now: this.#clock.now() })
    if (found.status === 'loaded') this.#kept.set(place, found.record)
  }

  async compare(): Promise<Verdict> {
    const differing: string[] = []
    let changed = 0
    let ended = 0
    for (const before of this.#kept.values()) {
      const now = this.#clock.now()
      const after = await this.#to.load(before.id, { now })
      if (after.status !== 'loaded') {
        if ((await this.#from.load(before.id, { now })).status === 'missing') ended += 1
        continue
      }
      const isChanged = after.record.version !== before.version
      if (isChanged) changed += 1
      if (!isSame(before, after.record, isChanged)) differing.push(before.id)
    }
    return { compared: this.#kept.size, differing, changed, ended }
  }
}

/** A touch changes no version, so times and hits may have grown. */
function isSame(before: StoredRecord, after: StoredRecord, isChanged: boolean): boolean {
  const isGrown = after.touchedAt >= before.touchedAt && after.hits >= before.hits
  if (before.createdAt !== after.createdAt || !isGrown) return false
  if (isChanged) return true
  const heads = ['seal', 'replaced', 'principal', 'principalSince', 'description', 'endsAt'] as const
  return heads.every((name) => before[name] === after[name]) && isSameContent(before.attributes, after.attributes)
}

const isSameContent = (a: StoredRecord['attributes'], b: StoredRecord['attributes']): boolean =>
  a.size === b.size &&
  [...a].every(
    ([name, bytes]) => b.has(name) && Buffer.compare(asStored(bytes), asStored(b.get(name) ?? nothing)) === 0,
  )

/** Of a value that could not be opened, the stored bytes are what moves. */
const asStored = (bytes: Uint8Array): Uint8Array => storedOf(bytes) ?? bytes

const nothing = Uint8Array.of()
