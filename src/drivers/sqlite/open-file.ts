import { closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { StorageError } from '../../storage/storage-error.js'
import { Place } from '../embedded/place.js'
import { onceFree } from './busy.js'
import type { Client, Database } from './client.js'
import type { SqliteOptions } from './options.js'
import { checkSchema, ensureSchema, type Where } from './schema.js'
import { prepareAll, type Statements } from './statements.js'
import { type Unusable, whyUnusable } from './unusable.js'

/** An open file. */
export interface OpenFile {
  readonly database: Database
  readonly statements: Statements
  readonly place: Place
}

export interface FileOptions extends Pick<SqliteOptions, 'migrate' | 'durability'> {
  /** See DriverEnvironment. */
  readonly isVisit?: boolean
}

/** How long a start waits for a file that other processes keep busy. */
const longestWaitMs = 5_000
/** The write-ahead log is cut to this size after a checkpoint, so that a burst does not keep its room. */
const largestIdleLog = 2 ** 24

/** Errors of the file system that may pass: the disk is full or fails, too many files are open. */
const passing: readonly string[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']

/** The file with the two that SQLite puts beside it: the write-ahead log and the memory that processes share. */
export const filesOf = (path: string): readonly string[] => [path, `${path}-wal`, `${path}-shm`]

/**
 * Opens the file, and creates it with its folder and tables if it is missing; a visit creates and changes nothing. Rejects with
 * STORAGE_UNUSABLE, STORAGE_UNPREPARED, or an error of the client.
 */
export async function openFile(client: Client, options: FileOptions, where: Where): Promise<OpenFile> {
  const { path } = where
  const unusable = whyUnusable(path)
  if (unusable) throw refusal(where, unusable)
  if (options.migrate === 'check' && !existsSync(path))
    throw refusal(where, {
      reason: `${path} does not exist, and \`migrate: check\` forbids to create it`,
      remedy: 'Print the statements with `koa-scopes schema --sql sqlite` and run them, or set `migrate: auto`.',
    })
  if (!options.isVisit) createFile(where)
  else if (!existsSync(path))
    throw new StorageError('STORAGE_UNPREPARED', { cache: where.cache, reason: `${path} does not exist` })
  const lastAttemptAt = performance.now() + longestWaitMs
  return onceFree(
    () => attempt(client, options, where),
    (error) => {
      if (performance.now() > lastAttemptAt) throw error
    },
  )
}

function attempt(client: Client, options: FileOptions, where: Where): OpenFile {
  const database = client(where.path)
  try {
    if (options.isVisit) checkSchema(database, options, where)
    const [mode] = database.prepare(`pragma journal_mode${options.isVisit ? '' : ' = wal'}`).get([]) ?? []
    if (mode !== 'wal')
      throw refusal(where, {
        reason: `${where.path}: SQLite cannot keep a write-ahead log there (its journal mode is ${mode})`,
        remedy: 'Put the file on a local disk.',
      })
    database.exec(`pragma synchronous = ${options.durability === 'disk' ? 'full' : 'normal'}`)
    database.exec(`pragma journal_size_limit = ${largestIdleLog}`)
    if (!options.isVisit) ensureSchema(database, options, where)
    const [file = where.path, ...beside] = filesOf(realpathSync(where.path))
    const place = new Place(`file ${file}`, [where.path, ...beside])
    return { database, statements: prepareAll(database), place }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Creates an empty file for its owner only; SQLite gives the files beside it the same mode. */
function createFile(where: Where): void {
  const { path } = where
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // Never opens a file that exists: closing it would release the locks that SQLite has on it in this process.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (existsSync(path)) return
    if (code !== undefined && passing.includes(code)) throw error
    throw refusal(where, {
      reason: `${path} cannot be created: ${message}`,
      remedy: 'Set `path` to a place where this process may create files.',
    })
  }
}

const refusal = ({ cache }: Where, { reason, remedy }: Unusable) =>
  new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy })
