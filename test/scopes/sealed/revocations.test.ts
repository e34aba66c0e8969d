import { describe, expect, it } from 'vitest'
import { unopened } from '../../../src/codec/sealing/unopened.js'
import { Revocations } from '../../../src/scopes/sealed/revocations.js'
import type { ObjectSpace } from '../../../src/storage/contract.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

/** Revocations in a cache whose object under a key with this word is sealed by a missing key. */
function unopenedAt(word: string): Revocations {
  const objects: ObjectSpace = {
    get: async (key) => (key.includes(word) ? unopened('unknown key', Buffer.from('5')) : undefined),
    set: async () => {},
    delete: async () => false,
    clear: async () => {},
  }
  return new Revocations(objects, { application: 'shop', kind: 'session', clock: new ManualClock() })
}

describe('a revocation that does not open', () => {
  it('revokes all the same', async () => {
    expect(await unopenedAt(':ended:').find('id', 'serial')).toBe('ended')
    expect(await unopenedAt(':rotated:').find('id', 'serial')).not.toBeUndefined()
    expect(await unopenedAt('nothing').find('id', 'serial')).toBeUndefined()
  })
})
