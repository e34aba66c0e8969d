import type { RecordUpdate, SaveResult, Space } from '../contract.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { Listings } from './listings.js'

/**
 * The records of two stores as one space, for an operator's process: it reads and ends records where they are, and moves and
 * claims none. A record that a node is moving at this moment may be missing.
 */
export function readingSpace(write: GuardedSpace, fallback: GuardedSpace): GuardedSpace {
  const listings = new Listings(write, fallback)
  const load: Space['load'] = async (id, options) => {
    // The new store again, because a record may move between the two looks.
    for (const store of [write, fallback]) {
      const found = await store.load(id, options)
      if (found.status !== 'missing') return found
    }
    return write.load(id, options)
  }
  return {
    load,
    async save(change, options): Promise<SaveResult> {
      if (change.mode === 'create') return write.save(change, options)
      const store = (await write.load(change.id, { now: options.now })).status === 'missing' ? fallback : write
      const saved = await store.save(change satisfies RecordUpdate, options)
      return saved.status === 'missing' && store === fallback ? write.save(change, options) : saved
    },
    list: (query) => listings.page(query),
    count: async (options) => (await fallback.count(options)) + (await write.count(options)),
    claimExpired: async () => [],
    renew: async () => [],
    settle: async () => [],
  }
}
