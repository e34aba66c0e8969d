import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { HazelcastLibrary } from './client.js'

/** Imports the client. Throws STORAGE_UNUSABLE if it is not installed. */
export async function libraryFor(cache: string): Promise<HazelcastLibrary> {
  try {
    const imported: { readonly default?: unknown } = await import('hazelcast-client')
    // Node puts all that a CommonJS package exports under `default`; some loaders, such as tsx, do not.
    return (imported.default ?? imported) as HazelcastLibrary
  } catch (cause) {
    const reason = `the package hazelcast-client, the client for Hazelcast, cannot be loaded: ${reasonOf(cause)}`
    throw new StorageError(
      'STORAGE_UNUSABLE',
      { cache, reason, remedy: 'Run: npm install hazelcast-client' },
      { cause },
    )
  }
}
