import { LRUCache } from 'lru-cache'
import type { RecordHead } from '../../storage/contract.js'
import { copyOfHead } from '../../storage/record.js'
import type { ScopeEnvironment } from '../environment.js'
import type { Keeper } from './keeper.js'
import { LiveRecord } from './live-record.js'
import { OtherNodes } from './other-nodes.js'
import { type Loaded, Standing } from './standing.js'

/** The part of the memory that records without a principal may fill while they wait for the store. */
const strangersShare = 0.75

interface Held {
  readonly live: LiveRecord
  readonly size: number
  /** The part of the size that counts towards a full memory. */
  readonly waiting: number
}

/**
 * The records a memory-first scope holds, within a bound of bytes. What is in use or not yet backed up stays; the others
 * go when room is needed, least recently used first, for the store has them. Records in use may exceed the bound by what
 * the requests under way hold anyway. Only records that the store does not take make the memory full.
 */
export class LiveRecords implements Keeper<LiveRecord> {
  readonly #environment: ScopeEnvironment
  readonly #maxBytes: number
  /** Not backed up, or in use and nowhere else. */
  readonly #held = new Map<string, Held>()
  /** Backed up; whether they are in use is asked when one has to go. */
  readonly #recent: LRUCache<string, LiveRecord>
  readonly #otherNodes: OtherNodes
  #heldBytes = 0
  #waitingBytes = 0

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    this.#otherNodes = new OtherNodes(environment)
    this.#maxBytes = environment.settings.memoryBytes
    this.#recent = new LRUCache({
      maxSize: this.#maxBytes,
      sizeCalculation: (live) => live.size,
      dispose: (live, _, reason) => {
        if (reason === 'evict' && live.isInUse) this.#hold(live)
      },
    })
  }

  /**
   * True if the records that wait for the store leave no room for a change of one with this principal. Records that are
   * merely in use do not count. Without a principal the last part is refused, so that strangers alone never fill it.
   */
  isFullFor(principal: string | null): boolean {
    return this.#waitingBytes >= this.#maxBytes * (principal === null ? strangersShare : 1)
  }

  get(id: string): LiveRecord | undefined {
    return this.#held.get(id)?.live ?? this.#recent.get(id)
  }

  all(): LiveRecord[] {
    return [...this.#allHeld(), ...this.#recent.values()]
  }

  unsaved(): LiveRecord[] {
    return this.#allHeld().filter((live) => live.isUnsaved)
  }

  /** One that begins here, which is held as long as it is used or owed to the store. */
  begin(head: RecordHead): LiveRecord {
    return new LiveRecord(this.#environment, this, new Standing('new', head, head.touchedAt), new Map())
  }

  /** One that the store has, and that was not held here. */
  add({ previouslyTouchedAt, record }: Loaded): LiveRecord {
    const standing = new Standing('stored', copyOfHead(record), previouslyTouchedAt)
    const live = new LiveRecord(this.#environment, this, standing, record.attributes)
    this.changed(live)
    return live
  }

  changed(live: LiveRecord): void {
    if (live.is('gone')) {
      if (this.get(live.id) === live) this.#displace(live)
      return
    }
    const isSaved = live.isCommitted && !live.is('vacant') && !live.isUnsaved
    const isRecent = isSaved && live.size <= this.#maxBytes
    if (!isRecent && (live.isInUse || live.isUnsaved)) {
      this.#recent.delete(live.id)
      this.#hold(live)
    } else {
      this.#displace(live)
      if (isRecent) this.#recent.set(live.id, live)
    }
    while (this.#recent.size > 0 && this.#recent.calculatedSize + this.#heldBytes > this.#maxBytes) this.#recent.pop()
  }

  changedElsewhere(): void {
    this.#otherNodes.seen()
  }

  /** It has no place if it is new, or larger than all the memory. */
  entered(live: LiveRecord): void {
    if (!this.#recent.has(live.id) && !this.#held.has(live.id)) this.changed(live)
  }

  /** It may be held for its users alone. */
  left(live: LiveRecord): void {
    if (this.#held.get(live.id)?.live === live) this.changed(live)
  }

  #allHeld(): LiveRecord[] {
    return [...this.#held.values()].map(({ live }) => live)
  }

  #hold(live: LiveRecord): void {
    const { id, isWaiting, size } = live
    const waiting = isWaiting ? size : 0
    this.#discount(id)
    this.#held.set(id, { live, size, waiting })
    this.#heldBytes += size
    this.#waitingBytes += waiting
  }

  #displace({ id }: LiveRecord): void {
    this.#discount(id)
    this.#held.delete(id)
    this.#recent.delete(id)
  }

  #discount(id: string): void {
    const { size = 0, waiting = 0 } = this.#held.get(id) ?? {}
    this.#heldBytes -= size
    this.#waitingBytes -= waiting
  }
}
