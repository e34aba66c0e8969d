import { reasonOf } from '../errors/scopes-error.js'
import { StorageError } from '../storage/storage-error.js'

interface ClientPackage {
  /** The name of the cache, for messages. */
  readonly cache: string
  readonly name: string
  /** The store that it is the client for. */
  readonly store: string
}

/**
 * STORAGE_UNUSABLE with what to install: the client of a store is installed only where it is needed. Drivers write its import within
 * `try`, where bundlers accept a package that is not installed; one that cannot be bundled they tell webpack to leave alone.
 */
export function missingClient({ cache, name, store }: ClientPackage, cause: unknown): StorageError {
  const reason = `the package ${name}, the client for ${store}, cannot be loaded: ${reasonOf(cause)}`
  return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy: `Run: npm install ${name}` }, { cause })
}
