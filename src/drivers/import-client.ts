import { reasonOf } from '../errors/scopes-error.js'
import { StorageError } from '../storage/storage-error.js'

interface ClientPackage {
  /** The name of the cache, for messages. */
  readonly cache: string
  readonly name: string
  /** The store that it is the client for. */
  readonly store: string
}

/** Imports the client of a store, which is installed only where it is needed. Throws STORAGE_UNUSABLE with what to install. */
export async function importClient<T>({ cache, name, store }: ClientPackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const reason = `the package ${name}, the client for ${store}, cannot be loaded: ${reasonOf(cause)}`
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy: `Run: npm install ${name}` }, { cause })
  }
}
