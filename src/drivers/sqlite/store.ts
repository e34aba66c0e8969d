import { throwIfPast } from '../../storage/deadline.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import type { Place } from '../embedded/place.js'
import type { Call, Write } from '../embedded/records.js'
import { onceFree } from './busy.js'
import type { Client } from './client.js'
import { commitTogether } from './commit-together.js'
import { storageFailure } from './failure.js'
import { withinLimit } from './limit.js'
import { type OpenFile, openFile } from './open-file.js'
import type { SqliteOptions } from './options.js'
import type { Statements } from './statements.js'
import { jobOf } from './write-job.js'
import { WriteQueue } from './write-queue.js'

type Query<T> = (statements: Statements, space: number) => T

interface Opened {
  readonly file: OpenFile
  readonly queue: WriteQueue
  /** The numbers of the spaces that are known to exist, by name. */
  readonly spaces: Map<string, number>
}

/** The number of a space that does not exist. */
const nowhere = 0

/** What this process has open, by path: nothing may be created in its place if it goes. */
const openPlaces = new Map<Place, string>()

/** One driver's use of an SQLite file. Every failure is a StorageError. */
export class SqliteStore {
  readonly path: string
  readonly #client: Client
  readonly #options: SqliteOptions
  readonly #cache: string
  readonly #isVisit: boolean
  #opened: Opened | undefined

  constructor(
    client: Client,
    path: string,
    options: SqliteOptions,
    { cache, isVisit = false }: Pick<DriverEnvironment, 'cache' | 'isVisit'>,
  ) {
    this.path = path
    this.#client = client
    this.#options = options
    this.#cache = cache
    this.#isVisit = isVisit
  }

  async open(): Promise<void> {
    try {
      for (const [place, path] of openPlaces) if (path === this.path) place.verify()
      const where = { cache: this.#cache, path: this.path }
      const file = await openFile(this.#client, { ...this.#options, isVisit: this.#isVisit }, where)
      openPlaces.set(file.place, this.path)
      this.#opened = { file, queue: new WriteQueue((jobs) => commitTogether(file, jobs)), spaces: new Map() }
    } catch (error) {
      throw this.#failure(error, { operation: 'open' })
    }
  }

  /** Runs `query` on one snapshot, with everything that any process of this host has committed. */
  async read<T>(call: Call, space: string, query: Query<T>): Promise<T> {
    return this.readFile(call, ({ statements }) => query(statements, this.#numberOf(space, statements)))
  }

  async readFile<T>(call: Call, query: (file: OpenFile) => T): Promise<T> {
    try {
      const { file } = this.#get(call)
      file.place.verifyForRead()
      return await onceFree(
        () => inSnapshot(file, query),
        () => throwIfPast(call.options?.deadline),
      )
    } catch (error) {
      throw this.#failure(error, call)
    }
  }

  /** As `read`, without waiting. Throws other errors than StorageErrors too, also if the file is busy. */
  look<T>(space: string, query: Query<T>): T {
    const { file } = this.#get({ operation: 'load' })
    file.place.verifyForRead()
    return inSnapshot(file, ({ statements }) => query(statements, this.#numberOf(space, statements)))
  }

  /**
   * Runs `change` in the transaction of this turn, and resolves when it is as durable as configured. If `change` throws,
   * only its own writes are undone. If the caller has given up before, nothing is changed.
   */
  write<T>(write: Write, space: string, change: Query<T>): Promise<T> {
    return this.#change(write, ({ statements }) => change(statements, this.#addedNumberOf(space, statements)))
  }

  /** Adds a space if it is new. A visit does not: then it rejects with STORAGE_UNPREPARED. */
  async addSpace(call: Call, space: string): Promise<void> {
    const number = await this.read(call, space, (_, found) => found)
    if (number !== nowhere) return
    const reason = `no node has used ${this.path} for ${this.#nameOf(space)} yet`
    if (this.#isVisit) throw new StorageError('STORAGE_UNPREPARED', { cache: this.#cache, reason })
    await this.write(call, space, () => undefined)
  }

  /** Throws if the file was removed or replaced since it was opened. */
  verifyPlace(call: Call): void {
    try {
      this.#get(call).file.place.verify()
    } catch (error) {
      throw this.#failure(error, call)
    }
  }

  /** Resolves when everything acknowledged is as durable as configured, and the write-ahead log is in the file if no other process uses it. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (!opened) return
    const { file, queue } = opened
    try {
      await queue.idle()
      openPlaces.delete(file.place)
      foldLog(file)
      file.database.close()
    } catch (error) {
      throw this.#failure(error, { operation: 'close' })
    }
  }

  async #change<T>(write: Write, change: (file: OpenFile) => T): Promise<T> {
    try {
      const { file, queue } = this.#get(write)
      const { maxBytes } = this.#options
      const limited =
        write.grows && maxBytes !== undefined
          ? () => withinLimit(file, maxBytes, () => change(file))
          : () => change(file)
      return await new Promise<T>((resolve, reject) => queue.add(jobOf(write, limited, resolve, reject)))
    } catch (error) {
      throw this.#failure(error, write)
    }
  }

  /** For reads only: what a transaction has added must not be remembered before it is committed. */
  #numberOf(space: string, statements: Statements): number {
    const known = this.#opened?.spaces.get(space)
    if (known !== undefined) return known
    const [number] = statements['find-space'].get([this.#nameOf(space)]) ?? []
    if (typeof number !== 'number') return nowhere
    this.#opened?.spaces.set(space, number)
    return number
  }

  /** For transactions: the number of a space, which is added if it is new. */
  #addedNumberOf(space: string, statements: Statements): number {
    const known = this.#opened?.spaces.get(space)
    if (known !== undefined) return known
    const name = this.#nameOf(space)
    statements['add-space'].run([name])
    const [number] = statements['find-space'].get([name]) ?? []
    return Number(number)
  }

  #nameOf(space: string): string {
    return `${this.#options.prefix}${space}`
  }

  #get({ operation }: Call): Opened {
    if (this.#opened) return this.#opened
    throw new StorageError('STORAGE_UNAVAILABLE', { cache: this.#cache, operation, reason: `${this.path} is not open` })
  }

  /** The reason of the caller's own signal stays as it is. */
  #failure(error: unknown, { operation, options }: Call): unknown {
    if (options?.deadline?.isPast && error === options.deadline.signal.reason) return error
    return storageFailure(error, { cache: this.#cache, operation, path: this.path })
  }
}

function inSnapshot<T>(file: OpenFile, query: (file: OpenFile) => T): T {
  const { database } = file
  database.exec('begin')
  try {
    return query(file)
  } finally {
    if (database.inTransaction) database.exec('commit')
  }
}

/** Brings the write-ahead log into the file. Other processes may prevent it, or a full disk: then a later one does it. */
function foldLog({ database }: OpenFile): void {
  try {
    database.prepare('pragma wal_checkpoint(truncate)').get([])
  } catch {
    // What is in the log is as durable as what is in the file.
  }
}
