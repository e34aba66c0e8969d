import { LRUCache } from 'lru-cache'
import type { LoadResult, RecordUpdate, StoredRecord, Version } from '../../storage/contract.js'
import { changedAttributes, updatedHead } from '../../storage/record.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import type { ScopeEnvironment } from '../environment.js'

/** A load whose answer is complete, wherever the attributes came from. */
export type CompleteLoad = Exclude<LoadResult, { status: 'unchanged' }>

interface Copy extends StoredRecord {
  readonly attributes: EncodedAttributes
}

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

  /** With a seal it is a visitor's access: compared, and counted as a touch in the same step. */
  load(id: string, seal?: string): Promise<CompleteLoad> {
    const now = this.#environment.clock.now()
    const copy = this.#copies.get(id)
    const access = seal === undefined ? { now } : { now, seal, touch: { touchedAt: now, hits: 1 } }
    const options = copy ? { ifChangedSince: copy.version, ...access } : access
    return this.#environment.space.load(id, options).then((result) => this.#completed(id, copy, result))
  }

  keep(record: StoredRecord): StoredRecord {
    const copy = { ...record, attributes: EncodedAttributes.of(record.attributes) }
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
