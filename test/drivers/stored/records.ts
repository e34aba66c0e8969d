import type { EpochMs, RecordCreate, RecordUpdate, Space } from '../../../src/storage/contract.js'

/** The space of the stored records. */
export const spaceName = 'shop:session'
export const prefix = 'stored:'

export const now: EpochMs = Date.UTC(2026, 0, 1)
export const minute = 60_000
const life = { idleMs: 30 * minute, endsAt: null }

const bytes = (text: string) => new TextEncoder().encode(text)
const attributes = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([name, text]) => [name, bytes(text)]))

let versions = 0

const create = (id: string, change: Partial<RecordCreate> = {}): RecordCreate => ({
  mode: 'create',
  id,
  version: `v${++versions}`,
  seal: `seal of ${id}`,
  life,
  ...change,
})

const update = (id: string, change: Partial<RecordUpdate>): RecordUpdate => ({
  mode: 'update',
  id,
  version: `v${++versions}`,
  ...change,
})

/** Writes one record of each kind, as a version without descriptions can write it too. The clock of the store plays no part. */
export async function writeRecords(space: Space): Promise<void> {
  versions = 0
  const at = { now }
  await space.save(create('plain', { set: attributes({ cart: '{"n":1}', 'größe €': '"l"' }) }), at)
  await space.save(create('eternal', { life: { idleMs: null, endsAt: null }, set: attributes({ a: '1' }) }), at)
  await space.save(create('ending', { life: { idleMs: 5 * minute, endsAt: now + 6 * minute } }), at)
  await space.save(create('owned', { principal: 'ada', set: attributes({ role: '"admin"' }) }), at)
  await space.save(create('rotated', { set: attributes({ a: '1' }) }), at)
  const reseal = { from: 'seal of rotated', to: 'new seal', replaced: 'replacement' }
  await space.save(update('rotated', { reseal, set: attributes({ b: '2' }) }), at)
  await space.load('plain', { now: now + 1_500, touch: { touchedAt: now + 1_500, hits: 2 } })
  await space.save(create('ended', { principal: 'bob', set: attributes({ a: '1' }) }), at)
  await space.save(update('ended', { ending: 'logout' }), at)
}

/** Writes a record that is claimed, under a token that is random. */
export async function writeClaim(space: Space): Promise<void> {
  versions = 0
  await space.save(create('claimed', { set: attributes({ a: '1' }) }), { now })
  await space.save(update('claimed', { ending: 'logout' }), { now })
  await space.claimExpired({ now, limit: 1, leaseMs: minute, id: 'claimed' })
}

/** Writes what versions with descriptions write besides. */
export async function writeDescriptions(space: Space): Promise<void> {
  const at = { now }
  await space.save(create('described', { principal: 'ada' }), at)
  await space.save(update('described', { description: '{"device":"laptop"}' }), at)
}
