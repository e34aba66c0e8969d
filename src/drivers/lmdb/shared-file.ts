import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { open, type RootDatabase } from 'lmdb'
import { checkFile } from './file-check.js'
import { FileInUse } from './file-errors.js'
import type { LmdbOptions } from './options.js'
import { openTables, type Tables } from './tables.js'

type Durability = LmdbOptions['durability']

const openFiles = new Map<string, SharedFile>()
const closing = new Map<string, Promise<void>>()

/**
 * An LMDB file, opened once per process, however many drivers use it. A second opening would block the main thread until it
 * gets the writer's lock, and a first connection that holds this lock needs the main thread to release it.
 */
export class SharedFile {
  readonly root: RootDatabase
  readonly tables: Tables
  readonly #path: string
  readonly #durability: Durability
  #users = 0
  #writes = 0

  private constructor(path: string, durability: Durability) {
    this.#path = path
    this.#durability = durability
    this.root = open({
      path,
      noSubdir: false,
      // A process killed during an overlapping sync makes all other processes on the file fail for good (MDB_PANIC).
      overlappingSync: false,
      // Data is still flushed before the page that refers to it: a power failure undoes commits, but damages nothing.
      noMetaSync: durability === 'commit',
      // With it a failed commit rejects a promise that no caller can catch. A turn makes one transaction without it too.
      eventTurnBatching: false,
    })
    this.tables = openTables(this.root)
    if (isMainThread) process.on('exit', this.#exitForSure)
  }

  /** Creates the folder if it is missing, and checks an existing file before LMDB opens it. */
  static async acquire(folder: string, durability: Durability): Promise<SharedFile> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = realpathSync(folder)
    while (closing.has(path)) await Promise.allSettled([closing.get(path)])
    const file = openFiles.get(path) ?? SharedFile.#open(path, durability)
    file.#addUser(durability)
    return file
  }

  static #open(path: string, durability: Durability): SharedFile {
    checkFile(join(path, 'data.mdb'))
    const file = new SharedFile(path, durability)
    openFiles.set(path, file)
    return file
  }

  /** Runs `change` in the transaction of this turn of the event loop. If it throws, only this change is undone. */
  async write<T>(change: () => T): Promise<T> {
    this.#writes += 1
    try {
      return await this.root.childTransaction(change)
    } finally {
      this.#writes -= 1
    }
  }

  /**
   * Kills the process if it exits during a write. `process.exit()` waits for the writing thread, which waits for the main
   * thread (lmdb-js, issue 336): the process would stay forever and keep the writer's lock. A kill never damages the file.
   */
  readonly #exitForSure = (): void => {
    if (this.#writes > 0) process.kill(process.pid, 'SIGKILL')
  }

  #addUser(durability: Durability): void {
    if (durability !== this.#durability)
      throw new FileInUse(`another cache of this process uses it with durability ${this.#durability}`)
    this.#users += 1
  }

  /** Resolves when all writes are committed. The last user closes the file. */
  release(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return this.write(() => undefined)
    openFiles.delete(this.#path)
    const closed = this.root.close().finally(() => {
      process.off('exit', this.#exitForSure)
      closing.delete(this.#path)
    })
    closing.set(this.#path, closed)
    return closed
  }
}
