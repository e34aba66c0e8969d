import { missingClient } from '../missing-client.js'
import type { HazelcastLibrary } from './client.js'

/** Imports the client. Throws STORAGE_UNUSABLE if it is not installed. */
export async function libraryFor(cache: string): Promise<HazelcastLibrary> {
  const library = await imported(cache)
  // Node puts all that a CommonJS package exports under `default`; some loaders, such as tsx, do not.
  return (library.default ?? library) as HazelcastLibrary
}

async function imported(cache: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import('hazelcast-client')
  } catch (cause) {
    throw missingClient({ cache, name: 'hazelcast-client', store: 'Hazelcast' }, cause)
  }
}
