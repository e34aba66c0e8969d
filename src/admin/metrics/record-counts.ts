import type { EpochMs } from '../../storage/contract.js'
import type { Clock } from '../../support/clock.js'

/** A scope whose records can be counted. */
export interface Countable {
  readonly application: string
  readonly scope: string
  /** False: it is not asked now. */
  isAvailable(): boolean
  count(): Promise<number>
}

export interface RecordCount {
  readonly application: string
  readonly scope: string
  readonly records: number
}

/**
 * The numbers of records, which a store may have to count one by one. So each is asked for at most once in `everyMs`, however
 * often and by how many it is read, and not while the store is unavailable.
 */
export class RecordCounts {
  readonly #scopes: readonly Countable[]
  readonly #clock: Clock
  readonly #everyMs: number
  #counts: readonly RecordCount[] = []
  #counting: Promise<void> | undefined
  #staleAt: EpochMs = Number.NEGATIVE_INFINITY

  constructor(scopes: readonly Countable[], clock: Clock, everyMs: number) {
    this.#scopes = scopes
    this.#clock = clock
    this.#everyMs = everyMs
  }

  /** The numbers as of the last count. A scope whose store did not answer then is left out. */
  async read(): Promise<readonly RecordCount[]> {
    if (this.#clock.now() >= this.#staleAt)
      this.#counting ??= this.#count().finally(() => {
        this.#counting = undefined
      })
    await this.#counting
    return this.#counts
  }

  async #count(): Promise<void> {
    const counted = await Promise.all(this.#scopes.filter((scope) => scope.isAvailable()).map(countOf))
    this.#counts = counted.filter((count) => count !== undefined)
    this.#staleAt = this.#clock.now() + this.#everyMs
  }
}

/** undefined if the store fails: the call to it is counted and published as one that failed. */
async function countOf(countable: Countable): Promise<RecordCount | undefined> {
  const { application, scope } = countable
  try {
    return { application, scope, records: await countable.count() }
  } catch {
    return undefined
  }
}
