import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { RootDatabase } from 'lmdb'
import { checkFile } from './file-check.js'
import { NoLibrary, NoStore, OtherPidNamespace } from './file-errors.js'
import type { LmdbOptions } from './options.js'
import { announce, hasProcesses, type Lmdb, type Presence } from './presence.js'

export type Durability = LmdbOptions['durability']

/** An LMDB environment that this process may use, as long as it keeps `presence`. */
export interface Environment {
  readonly root: RootDatabase
  readonly presence: Presence
}

/** How long a start waits for a process of another pid namespace to end, as in a rolling update. */
const longestWaitMs = 5_000
const pauseMs = 200
/** The mode of new files; the types of lmdb-js lack this option. */
const forOwnerOnly = { permissionsMode: 0o600 }

export interface EnvironmentOptions extends Pick<LmdbOptions, 'durability'> {
  /** See DriverEnvironment. LMDB must know every process on a file, so a visit too is entered in its lists. */
  readonly isVisit?: boolean
}

/** Opens the files of this folder, after checking those that exist. Throws Damage, NoLibrary, OtherPidNamespace, and NoStore at a visit. */
export async function openEnvironment(path: string, options: EnvironmentOptions): Promise<Environment> {
  const lmdb = await imported()
  const lastAttemptAt = performance.now() + longestWaitMs
  for (;;) {
    const isLast = performance.now() >= lastAttemptAt
    const environment = await attempt(lmdb, path, options, isLast)
    if (environment) return environment
    await setTimeout(pauseMs)
  }
}

/** Imports the package when it is needed, so that a bundled program without LMDB does without it. */
async function imported(): Promise<Lmdb> {
  try {
    return await import(/* webpackIgnore: true */ 'lmdb')
  } catch (cause) {
    throw new NoLibrary('lmdb cannot be imported', { cause })
  }
}

/** Returns undefined if a process of another pid namespace has the file and this is not the last attempt. */
async function attempt(
  lmdb: Lmdb,
  path: string,
  { durability, isVisit = false }: EnvironmentOptions,
  isLast: boolean,
): Promise<Environment | undefined> {
  checkFile(join(path, 'data.mdb'))
  const root = openRoot(lmdb, path, durability)
  try {
    if (isVisit && !hasProcesses(root)) throw new NoStore(`${path} has an LMDB file that no node has used`)
    return { root, presence: announce(lmdb, root) }
  } catch (error) {
    await root.close()
    if (isLast || !(error instanceof OtherPidNamespace)) throw error
    return undefined
  }
}

const openRoot = ({ open }: Lmdb, path: string, durability: Durability): RootDatabase =>
  open({
    path,
    noSubdir: false,
    ...forOwnerOnly,
    // A process killed during an overlapping sync makes all other processes on the file fail for good (MDB_PANIC).
    overlappingSync: false,
    // Data is still flushed before the page that refers to it: a power failure undoes commits, but damages nothing.
    noMetaSync: durability === 'commit',
    // With it a failed commit rejects a promise that no caller can catch. A turn makes one transaction without it too.
    eventTurnBatching: false,
  })
