import { expect, it, onTestFinished } from 'vitest'
import { packEntry, type RecordEntry, unpackEntry } from '../../src/drivers/lmdb/record-entry.js'
import { RecordKey } from '../../src/drivers/lmdb/record-key.js'
import { LmdbStore } from '../../src/drivers/lmdb/store.js'
import { LmdbTransactions } from '../../src/drivers/lmdb/transactions.js'
import { creation, folder, now, opened } from './lmdb-fixture.js'

/** Two spaces of one name, each with what it remembers, as two processes have them; and whether the first one's look matches. */
async function twoSpaces(options?: object) {
  const directory = await folder(onTestFinished)
  const drivers = [await opened(directory, options), await opened(directory, options)] as const
  onTestFinished(async () => void (await Promise.all(drivers.map((driver) => driver.close()))))
  const [own, other] = drivers.map((driver) => driver.space('s', { endGraceMs: 0 })) as [Space, Space]
  const matches = (version: string) => own.matches?.('a', { now, seal: undefined, version })
  return { own, other, matches }
}

type Space = ReturnType<Awaited<ReturnType<typeof opened>>['space']>

it('a look sees each change of another process', async () => {
  const { own, other, matches } = await twoSpaces()
  expect(matches('1')).toBe(false)
  await own.save({ ...creation('a'), version: '1' }, { now })
  expect([matches('1'), matches('1'), matches('2')]).toEqual([true, true, false])
  await other.save({ mode: 'update', id: 'a', version: '2' }, { now })
  expect([matches('1'), matches('2')]).toEqual([false, true])
  await other.save({ mode: 'update', id: 'a', version: '3', ending: 'invalidated' }, { now })
  expect([matches('2'), matches('3')]).toEqual([false, false])
})

it('a look sees nothing of a change that was undone', async () => {
  const { own, matches } = await twoSpaces({ maxBytes: '1mb' })
  await own.save({ ...creation('a'), version: '1' }, { now })
  expect(matches('1')).toBe(true)
  const set = new Map([['large', new Uint8Array(2 ** 21)]])
  await expect(own.save({ mode: 'update', id: 'a', version: '2', set }, { now })).rejects.toMatchObject({
    code: 'STORAGE_FULL',
  })
  expect([matches('1'), matches('2')]).toEqual([true, false])
  await own.save({ mode: 'update', id: 'a', version: '3' }, { now })
  expect([matches('1'), matches('3')]).toEqual([false, true])
})

it('bytes that were decoded, or written, are not decoded again', () => {
  const key = new RecordKey(Buffer.from('a'))
  const stored = packEntryOf('1')
  expect(key.isKnown).toBe(false)
  const decoded = key.entryIn(stored)
  expect(key.entryIn(Buffer.from(stored))).toBe(decoded)
  const written = unpackEntry(packEntryOf('2'))
  key.keep(packEntryOf('2'), written)
  expect(key.entryIn(packEntryOf('2'))).toBe(written)
  expect(key.entryIn(stored)).toEqual(decoded)
})

it('what was written last is found without decoding, also after other writes', async () => {
  const transactions = await transactionsIn(await folder(onTestFinished))
  const put = (id: string, version: string) =>
    transactions.write({ operation: 'save' }, (records) =>
      records.put(transactions.keyOf(id), undefined, entry(version)),
    )
  await put('a', '1')
  transactions.look('a')
  const { entry: written } = await put('a', '2')
  await put('b', '3')
  expect(transactions.look('a')).toBe(written)
})

it('no key is kept of a record that does not exist: its id may have any length', async () => {
  const transactions = await transactionsIn(await folder(onTestFinished))
  expect(transactions.look('a')).toBeUndefined()
  expect(transactions.keyOf('a')).not.toBe(transactions.keyOf('a'))
  await transactions.write({ operation: 'save' }, (records) =>
    records.put(transactions.keyOf('a'), undefined, entry('1')),
  )
  transactions.look('a')
  expect(transactions.keyOf('a')).toBe(transactions.keyOf('a'))
})

it('large entries are decoded each time, and a small one is kept again', () => {
  const key = new RecordKey(Buffer.from('a'))
  const large = packEntryOf('v'.repeat(1000))
  key.entryIn(packEntryOf('1'))
  const decoded = key.entryIn(large)
  expect(key.entryIn(large)).not.toBe(decoded)
  expect(key.entryIn(large)).toEqual(decoded)
  expect(key.entryIn(packEntryOf('1'))).toBe(key.entryIn(packEntryOf('1')))
})

it('damaged bytes are damaged each time, and forget nothing', () => {
  const key = new RecordKey(Buffer.from('a'))
  const decoded = key.entryIn(packEntryOf('1'))
  for (let time = 0; time < 2; time += 1) expect(() => key.entryIn(Buffer.from([0xc1]))).toThrow()
  expect(key.entryIn(packEntryOf('1'))).toBe(decoded)
})

async function transactionsIn(directory: string): Promise<LmdbTransactions> {
  const store = new LmdbStore(directory, { path: directory, durability: 'commit' }, { cache: 'sessions' })
  await store.open()
  onTestFinished(() => store.close())
  return new LmdbTransactions('s', store)
}

function entry(version: string): RecordEntry {
  const life = { idleMs: 1000, endsAt: null, expiresAt: now + 1000 }
  const rare = { replaced: null, principal: null, principalSince: null, description: null, ending: null }
  const head = { id: 'a', version, seal: 's', createdAt: now, touchedAt: now, hits: 1, ...life, ...rare }
  return { head, due: now + 1000, queuedAt: now + 1000 }
}

const packEntryOf = (version: string): Buffer => Buffer.from(packEntry(entry(version)))
