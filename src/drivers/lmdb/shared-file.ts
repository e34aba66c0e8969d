import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type { RootDatabase } from 'lmdb'
import { KeyedTurns } from '../../support/keyed-turns.js'
import { CommitAstray } from '../embedded/file-errors.js'
import { Place } from '../embedded/place.js'
import { type Durability, type Environment, type EnvironmentOptions, openEnvironment } from './environment.js'
import { FileInUse, NoStore } from './file-errors.js'
import type { Presence } from './presence.js'
import { openTables, type Tables } from './tables.js'

export const filesIn = (folder: string): readonly string[] => ['data.mdb', 'lock.mdb'].map((name) => join(folder, name))

const openFiles = new Map<string, SharedFile>()
/** Openings and closings of each file, one after the other. */
const turns = new KeyedTurns()

/**
 * An LMDB file, opened once per process, however many drivers use it. A second opening would block the main thread until it
 * gets the writer's lock, and a first connection that holds this lock needs the main thread to release it.
 */
export class SharedFile {
  readonly root: RootDatabase
  readonly tables: Tables
  /** By the name that the configuration gives. */
  readonly folder: string
  readonly place: Place
  readonly presence: Presence
  readonly #path: string
  readonly #durability: Durability
  #users = 0
  #writes = 0

  private constructor(path: string, folder: string, durability: Durability, { root, presence }: Environment) {
    this.#path = path
    this.#durability = durability
    this.root = root
    this.tables = openTables(root)
    this.folder = folder
    this.place = new Place(`folder ${folder}`, filesIn(folder))
    this.presence = presence
    if (isMainThread) process.on('exit', this.#exitForSure)
  }

  /** Creates the folder if it is missing, but not in place of one that is in use here and gone, and not at a visit. Throws NoStore. */
  static async acquire(folder: string, options: EnvironmentOptions): Promise<SharedFile> {
    for (const file of openFiles.values()) if (file.folder === folder) file.place.verify()
    if (options.isVisit) checkThere(folder)
    else mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = realpathSync(folder)
    return turns.run(path, async () => {
      const file = openFiles.get(path) ?? (await SharedFile.#open(path, folder, options))
      file.#addUser(options.durability)
      return file
    })
  }

  static async #open(path: string, folder: string, options: EnvironmentOptions): Promise<SharedFile> {
    const environment = await openEnvironment(path, options)
    const file = new SharedFile(path, folder, options.durability, environment)
    openFiles.set(path, file)
    return file
  }

  /**
   * Runs `change` in the transaction of this turn of the event loop. If it throws, only this change is undone. Throws
   * FileGone if nothing was changed, CommitAstray if the folder went meanwhile.
   */
  async write<T>(change: () => T): Promise<T> {
    const result = await this.#commit(() => {
      this.place.verify()
      return change()
    })
    try {
      this.place.verify()
    } catch (cause) {
      throw new CommitAstray('the folder went while a change was written', { cause })
    }
    return result
  }

  async #commit<T>(change: () => T): Promise<T> {
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
    this.place.verify()
    if (durability !== this.#durability)
      throw new FileInUse(`another cache of this process uses it with durability ${this.#durability}`)
    this.#users += 1
  }

  /** Resolves when all writes are committed. The last user closes the file. */
  release(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return this.#commit(() => undefined)
    openFiles.delete(this.#path)
    return turns.run(this.#path, () => this.root.close().finally(() => process.off('exit', this.#exitForSure)))
  }
}

/** Throws NoStore if no file with content is there. */
function checkThere(folder: string): void {
  const [file = folder] = filesIn(folder)
  if (!statSync(file, { throwIfNoEntry: false })?.size) throw new NoStore(`${file} does not exist, or is empty`)
}
