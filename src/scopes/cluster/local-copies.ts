import { LRUCache } from 'lru-cache'
import type { LoadOptions, LoadResult, RecordUpdate, StoredRecord, Touch, Version } from '../../storage/contract.js'
import { changedAttributes, updatedHead } from '../../storage/record.js'
import type { Mutable } from '../../support/mutable.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import type { ScopeEnvironment } from '../environment.js'
import { UntoldAccesses } from './untold-accesses.js'

/** A load whose answer is complete, wherever the attributes came from. */
export type CompleteLoad = Exclude<LoadResult, { status: 'unchanged' }>

interface Copy extends StoredRecord {
  readonly attributes: EncodedAttributes
  readonly accesses: UntoldAccesses
}

/** An interval is never longer than this part of the timeout, by which a record may end early. */
const partOfTimeout = 10

/** The encoded records this node keeps, with their versions, so that the store need not send an unchanged one again. */
export class LocalCopies {
  readonly #environment: ScopeEnvironment
  readonly #copies: LRUCache<string, Copy>

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    this.#copies = new LRUCache({
      maxSize: environment.settings.memoryBytes,
      sizeCalculation: (copy) => copy.attributes.bytes,
    })
  }

  /** With a seal it is a visitor's access: compared, and counted as a touch, in the same step if one is due. */
  load(id: string, seal?: string): Promise<CompleteLoad> {
    const { clock, space } = this.#environment
    const now = clock.now()
    const copy = this.#copies.get(id)
    const options: Mutable<LoadOptions> = { now }
    if (copy) options.ifChangedSince = copy.version
    if (seal === undefined) return space.load(id, options).then((result) => this.#completed(id, copy, result))

    const touch = copy ? copy.accesses.touchAt(now, this.#touchIntervalOf(copy)) : { touchedAt: now, hits: 1 }
    options.seal = seal
    if (touch) options.touch = touch
    return space.load(id, options).then(
      (result) => this.#accessed(this.#completed(id, copy, result), copy, touch),
      (error) => {
        copy?.accesses.giveBack(touch)
        throw error
      },
    )
  }

  /** What this node knows, without asking the store. */
  peek(id: string): StoredRecord | undefined {
    return this.#copies.get(id)
  }

  keep(record: StoredRecord): Copy {
    const accesses = this.#copies.peek(record.id)?.accesses ?? new UntoldAccesses(record.touchedAt)
    const copy = { ...record, attributes: EncodedAttributes.of(record.attributes), accesses }
    this.#copies.set(record.id, copy)
    return copy
  }

  /** By a request that knows the record as it was before others changed it: only if the copy is what they left. */
  update(update: RecordUpdate, previous: Version): void {
    const copy = this.#copies.get(update.id)
    if (copy?.version !== previous) this.#copies.delete(update.id)
    else {
      const head = updatedHead(copy, update, this.#environment.clock.now())
      this.keep({ ...head, attributes: changedAttributes(copy.attributes, update) })
    }
  }

  delete(id: string): void {
    this.#copies.delete(id)
  }

  /** The hits that a request sees include those that are not told yet. */
  #accessed(result: CompleteLoad, copy: Copy | undefined, touch: Touch | undefined): CompleteLoad {
    if (result.status !== 'loaded') {
      copy?.accesses.giveBack(touch)
      return result
    }
    const { record } = result
    const accesses = this.#copies.peek(record.id)?.accesses
    accesses?.told(record.touchedAt, touch)
    return accesses?.hits ? { ...result, record: { ...record, hits: record.hits + accesses.hits } } : result
  }

  #touchIntervalOf({ idleMs }: Copy): number {
    const { touchIntervalMs } = this.#environment.settings
    return idleMs === null ? touchIntervalMs : Math.min(touchIntervalMs, idleMs / partOfTimeout)
  }

  #completed(id: string, copy: Copy | undefined, result: LoadResult): CompleteLoad {
    switch (result.status) {
      case 'unchanged': {
        if (!copy) throw new TypeError(`The driver answered "unchanged" for ${id} without being given a version`)
        const { touchedAt, expiresAt, hits, previouslyTouchedAt } = result
        return { status: 'loaded', record: { ...copy, touchedAt, expiresAt, hits }, previouslyTouchedAt }
      }
      case 'loaded':
        return { ...result, record: this.keep(result.record) }
      case 'missing':
        this.#copies.delete(id)
        return result
      default:
        return result
    }
  }
}
