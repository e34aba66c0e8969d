import { importClient } from '../import-client.js'
import type { HazelcastLibrary } from './client.js'

/** Imports the client. Throws STORAGE_UNUSABLE if it is not installed. */
export async function libraryFor(cache: string): Promise<HazelcastLibrary> {
  const client = { cache, name: 'hazelcast-client', store: 'Hazelcast' }
  const imported: { readonly default?: unknown } = await importClient(client, () => import('hazelcast-client'))
  // Node puts all that a CommonJS package exports under `default`; some loaders, such as tsx, do not.
  return (imported.default ?? imported) as HazelcastLibrary
}
