import { open } from 'lmdb'
import { pack, unpack } from 'msgpackr'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openTables } from '../../src/drivers/lmdb/tables.js'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, life, minute, TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { folder, opened } from './lmdb-fixture.js'

/** The digests of a space and an id. */
const keyBytes = 24
const knownParts = 19
const newer = ['laptop', { device: [1, 2] }, true]

/** A space of a driver that was closed, and opened again after `change` was applied to all entries of records. */
async function reopened(space: TestSpace, directory: string, change: (entry: unknown[], key: Buffer) => void) {
  await space.driver.close()
  const root = open({ path: directory, noSubdir: false })
  const { records } = openTables(root)
  for (const { key, value } of [...records.getRange({})]) {
    if (key.byteLength > keyBytes) continue
    const entry = unpack(value) as unknown[]
    change(entry, key)
    records.putSync(key, pack(entry))
    records.putSync(Buffer.concat([key, Buffer.from(';digest')]), Buffer.from('abc'))
  }
  await root.close()
  const driver = await opened(directory)
  onTestFinished(() => driver.close())
  return new TestSpace(space.name, driver, space.now)
}

/** As a newer version may store it: parts behind the known ones, and an entry of its own. */
function addNewer(entry: unknown[]): void {
  while (entry.length < knownParts) entry.push(null)
  entry.push(...newer)
}

async function empty(): Promise<{ directory: string; space: TestSpace }> {
  const directory = await folder(onTestFinished)
  const driver: Driver = await opened(directory)
  return { directory, space: new TestSpace('shop:session', driver) }
}

/** What is left of the parts and of the entry. Closes the driver, and opens it again. */
async function newerIn(space: TestSpace, directory: string) {
  const found: unknown[] = []
  const next = await reopened(space, directory, (entry) => found.push(entry.slice(knownParts)))
  return { found, next }
}

const changes: readonly (readonly [what: string, change: (space: TestSpace) => Promise<unknown>])[] = [
  ['a touch', (space) => space.load('a', { touch: { touchedAt: space.now, hits: 1 } })],
  ['an update', (space) => space.update('a', { set: attributes({ cart: '2' }) })],
  ['a clear', (space) => space.update('a', { clear: { except: [] } })],
  ['a new seal', (space) => space.update('a', { reseal: { from: 'seal', to: 'other', replaced: '' } })],
  ['a description', (space) => space.update('a', { description: 'phone' })],
  ['a principal', (space) => space.update('a', { principal: 'ada' })],
  ['a lock', (space) => Promise.resolve(space.space.lock?.('a', { now: space.now, token: 't', leaseMs: minute }))],
  ['an unlock', (space) => Promise.resolve(space.space.unlock?.('a', { now: space.now, token: 't' }))],
  ['an end', (space) => space.update('a', { ending: 'logout' })],
  ['a claim', (space) => space.claim()],
]

describe('85. what a newer version has added to a record in LMDB', () => {
  it('is no attribute, changes nothing of what is known, and is kept by every change', async () => {
    const { directory, space: first } = await empty()
    await first.create('a', { set: attributes({ cart: '1' }) })
    const before = await first.stored('a')
    let space = await reopened(first, directory, addNewer)
    expect(await space.stored('a')).toEqual(before)
    for (const [what, change] of changes) {
      await change(space)
      const { found, next } = await newerIn(space, directory)
      expect(found, what).toEqual([newer])
      space = next
    }
    expect(await space.settle(await space.claim({ now: space.now + minute }))).toEqual(['a'])
    const { found } = await newerIn(space, directory)
    expect(found, 'nothing is left').toEqual([])
  })

  it('is there in a record with a principal, a lock and a claim, which are as they were', async () => {
    const { directory, space: first } = await empty()
    await first.create('a', { principal: 'ada', set: attributes({ cart: '1' }) })
    await first.space.lock?.('a', { now: first.now, token: 't', leaseMs: minute })
    const space = await reopened(first, directory, addNewer)
    expect(await space.ids({ principal: 'ada' })).toEqual(['a'])
    expect(await space.update('a', { lockToken: 't' })).toMatchObject({ status: 'saved' })
    space.pass(life.idleMs)
    const claims = await space.claim()
    expect(claims).toMatchObject([{ attempt: 1, record: { principal: 'ada' } }])
    expect(claims.map(({ record }) => textsOf(record))).toEqual([[['cart', '1']]])
    expect(await space.renew(claims)).toEqual(['a'])
  })
})
