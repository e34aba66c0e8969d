import { LRUCache } from 'lru-cache'
import type { EpochMs, LoadResult, RecordHead, RecordUpdate, Touch, Version } from '../../storage/contract.js'
import { changedAttributes, copyOfHead, updatedHead } from '../../storage/record.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import type { ScopeEnvironment } from '../environment.js'
import type { StoredIdle } from '../record/stored-idle.js'
import { UnsentAccesses } from './unsent-accesses.js'

/** The result of a load with all attributes, taken from the store or from the local copy. */
export type CompleteLoad =
  | Exclude<LoadResult, { status: 'unchanged' | 'loaded' }>
  | { readonly status: 'loaded'; readonly copy: Copy; readonly access: Access }

/** A record with the version that this node holds. The times of its head are those of the load or save that brought it. */
export interface Copy {
  readonly head: RecordHead
  readonly attributes: EncodedAttributes
  readonly accesses: UnsentAccesses
}

/** The times and hits of a record as a load found them. */
export type Access = Omit<Extract<LoadResult, { status: 'unchanged' }>, 'status'>

/** The touch interval is at most the timeout divided by this, because a record may end early by that interval. */
const partOfTimeout = 10

/** The longest touch interval of the runs of live connections, of which there may be many in a second. */
const connectionIntervalMs = 60_000

/** The local copies of a scope: encoded records with their versions, so that the store does not send an unchanged record again. */
export class LocalCopies {
  readonly #environment: ScopeEnvironment
  readonly #idle: StoredIdle
  readonly #copies: LRUCache<string, Copy>

  constructor(environment: ScopeEnvironment, idle: StoredIdle) {
    this.#environment = environment
    this.#idle = idle
    this.#copies = new LRUCache({
      maxSize: environment.settings.memoryBytes,
      sizeCalculation: (copy) => copy.attributes.bytes,
    })
  }

  /**
   * Loads a record. With a seal it is a visitor's access: the seal is compared. A touch is sent in the same step if it is an
   * access and a touch is due, which for one without a seal, of a live connection, is seldom.
   */
  async load(id: string, seal?: string, isAccess = seal !== undefined): Promise<CompleteLoad> {
    const { clock, space } = this.#environment
    const now = clock.now()
    const copy = this.#copies.get(id)
    const touch = isAccess ? this.#touchAt(now, copy, seal === undefined) : undefined
    try {
      // One shape for all loads, because each member that is added to an object later makes it slower to copy.
      const result = await space.load(id, {
        now,
        seal,
        ifChangedSince: copy && !this.#idle.isFirst(copy.head.idleMs) ? copy.head.version : undefined,
        touch,
        prolong: touch && this.#idle.prolong,
      })
      const completed = this.#completed(id, copy, result)
      return isAccess ? accessed(completed, copy, touch) : completed
    } catch (error) {
      copy?.accesses.giveBack(touch)
      throw error
    }
  }

  /**
   * The touch of an access now; undefined if the store knows of one that is recent enough. The touch that prolongs a record
   * is never saved up.
   */
  #touchAt(now: EpochMs, copy: Copy | undefined, isConnection: boolean): Touch | undefined {
    if (!copy) return { touchedAt: now, hits: 1 }
    const { accesses, head } = copy
    const longestMs = isConnection ? connectionIntervalMs : this.#environment.settings.touchIntervalMs
    const intervalMs = head.idleMs === null ? longestMs : Math.min(longestMs, head.idleMs / partOfTimeout)
    return accesses.touchAt(now, this.#idle.isFirst(head.idleMs) ? 0 : intervalMs)
  }

  /** What this node knows, without asking the store. */
  peek(id: string): Copy | undefined {
    return this.#copies.get(id)
  }

  keep(head: RecordHead, attributes: ReadonlyMap<string, Uint8Array>): Copy {
    const accesses = this.#copies.peek(head.id)?.accesses ?? new UnsentAccesses(head.touchedAt)
    const copy = { head, attributes: EncodedAttributes.of(attributes), accesses }
    this.#copies.set(head.id, copy)
    return copy
  }

  /** Applies an update made on an older version. Valid only if the copy is exactly the version it replaced; otherwise drops the copy. */
  update(update: RecordUpdate, previous: Version): void {
    const copy = this.#copies.get(update.id)
    if (copy?.head.version !== previous) this.#copies.delete(update.id)
    else {
      const head = updatedHead(copy.head, update, this.#environment.clock.now())
      this.keep(head, changedAttributes(copy.attributes, update))
    }
  }

  delete(id: string): void {
    this.#copies.delete(id)
  }

  #completed(id: string, copy: Copy | undefined, result: LoadResult): CompleteLoad {
    switch (result.status) {
      case 'unchanged': {
        if (!copy) throw new TypeError(`The driver answered "unchanged" for ${id} without being given a version`)
        return { status: 'loaded', copy, access: result }
      }
      case 'loaded': {
        const { previouslyTouchedAt, record } = result
        const { touchedAt, expiresAt, hits } = record
        return {
          status: 'loaded',
          copy: this.keep(copyOfHead(record), record.attributes),
          access: { touchedAt, previouslyTouchedAt, expiresAt, hits },
        }
      }
      case 'missing':
        this.#copies.delete(id)
        return result
      default:
        return result
    }
  }
}

/** Adds the accesses that are not yet sent to the hits that a request sees. */
function accessed(result: CompleteLoad, before: Copy | undefined, touch: Touch | undefined): CompleteLoad {
  if (result.status !== 'loaded') {
    before?.accesses.giveBack(touch)
    return result
  }
  const { copy, access } = result
  const { accesses } = copy
  accesses.answered(access.touchedAt, touch)
  return accesses.hits === 0 ? result : { ...result, access: { ...access, hits: access.hits + accesses.hits } }
}
