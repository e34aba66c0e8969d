import { throwIfPast } from '../../storage/deadline.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import type { Write } from '../embedded/records.js'
import { storageFailure } from './failure.js'
import type { LmdbOptions } from './options.js'
import { filesIn, SharedFile } from './shared-file.js'
import { bytesInUse, type Tables } from './tables.js'

/** One driver's use of an LMDB file. A turn of the event loop is one transaction; every failure is a StorageError. */
export class LmdbStore {
  readonly path: string
  readonly #options: LmdbOptions
  readonly #cache: string
  readonly #isVisit: boolean
  #file: SharedFile | undefined

  constructor(
    path: string,
    options: LmdbOptions,
    { cache, isVisit = false }: Pick<DriverEnvironment, 'cache' | 'isVisit'>,
  ) {
    this.path = path
    this.#options = options
    this.#cache = cache
    this.#isVisit = isVisit
  }

  get files(): readonly string[] {
    return filesIn(this.path)
  }

  async open(): Promise<void> {
    try {
      this.#file = await SharedFile.acquire(this.path, { ...this.#options, isVisit: this.#isVisit })
    } catch (error) {
      throw await this.#failure(error, 'open')
    }
  }

  /** Runs `query` on a new snapshot, with everything that any process of this host has committed. */
  async read<T>(operation: string, query: (tables: Tables) => T): Promise<T> {
    try {
      const { place, root, tables } = this.#opened(operation)
      place.verifyForRead()
      root.resetReadTxn()
      return query(tables)
    } catch (error) {
      throw await this.#failure(error, operation)
    }
  }

  /** The entry of a record, as any process of this host has committed it, without waiting. Throws other errors than StorageErrors too. */
  look(key: Buffer): Uint8Array | undefined {
    const { place, presence, tables } = this.#opened('load')
    place.verifyForRead()
    return presence.look(tables.records, key)
  }

  /**
   * Runs `change` in the transaction of this turn, and resolves when it is as durable as configured. If `change` throws,
   * only its own writes are undone. If the caller has given up before, nothing is changed.
   */
  async write<T>({ operation, options = {}, grows = false }: Write, change: (tables: Tables) => T): Promise<T> {
    try {
      const file = this.#opened(operation)
      return await file.write(() => {
        throwIfPast(options.deadline)
        return grows ? this.#withinLimit(operation, file.tables, change) : change(file.tables)
      })
    } catch (error) {
      if (options.deadline?.isPast && error === options.deadline.signal.reason) throw error
      throw await this.#failure(error, operation)
    }
  }

  /** Throws if the folder was removed or replaced since the store was opened. */
  async verifyPlace(): Promise<void> {
    try {
      this.#opened('health').place.verify()
    } catch (error) {
      throw await this.#failure(error, 'health')
    }
  }

  /** Resolves when everything acknowledged is as durable as configured. */
  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    try {
      await file?.release()
    } catch (error) {
      throw await this.#failure(error, 'close')
    }
  }

  /** Runs `change`, then checks how much room is used. Throws STORAGE_FULL, which undoes the change, if it grew beyond `maxBytes`. */
  #withinLimit<T>(operation: string, tables: Tables, change: (tables: Tables) => T): T {
    const { maxBytes } = this.#options
    if (maxBytes === undefined) return change(tables)
    const before = bytesInUse(tables)
    const result = change(tables)
    if (bytesInUse(tables) <= Math.max(before, maxBytes)) return result
    const reason = `${this.path} holds its maxBytes of ${maxBytes}`
    throw new StorageError('STORAGE_FULL', { cache: this.#cache, operation, reason })
  }

  /** The open file. To be read before each call: lmdb-js ends the process on a write to a closed file. */
  #opened(operation: string): SharedFile {
    if (this.#file) return this.#file
    throw new StorageError('STORAGE_UNAVAILABLE', { cache: this.#cache, operation, reason: `${this.path} is not open` })
  }

  #failure(error: unknown, operation: string): Promise<StorageError> {
    return storageFailure(error, { cache: this.#cache, operation, path: this.path })
  }
}
