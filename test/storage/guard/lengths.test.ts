import { beforeEach, describe, expect, it } from 'vitest'
import { memory } from '../../../src/drivers/memory/index.js'
import type { ScopesError } from '../../../src/errors/scopes-error.js'
import type { Driver, ObjectSpace, RecordCreate, RecordUpdate } from '../../../src/storage/contract.js'
import { Availability } from '../../../src/storage/guard/availability.js'
import { GuardedDriver } from '../../../src/storage/guard/guarded-driver.js'
import type { GuardedSpace } from '../../../src/storage/guard/guarded-space.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

const emoji = '😀' // 4 bytes in UTF-8
const now = 0

let driver: GuardedDriver
let space: GuardedSpace
let objects: ObjectSpace

beforeEach(async () => {
  const clock = new ManualClock()
  const environment = { cache: 'shared', directory: '.', onEvicted() {} }
  const naive: Driver = await memory.create(memory.options.parse({}), environment)
  driver = new GuardedDriver(naive, {
    cache: 'shared',
    driver: 'memory',
    deadlineMs: 5_000,
    clock,
    availability: new Availability(clock),
  })
  await driver.open()
  space = driver.space('s', { endGraceMs: 0 })
  objects = driver.objects?.('o') as ObjectSpace
})

const creation = (change: Partial<RecordCreate>): RecordCreate => ({
  mode: 'create',
  id: 'a',
  version: 'v1',
  seal: 'seal',
  life: { idleMs: null, endsAt: null },
  ...change,
})

const change = (members: Partial<RecordUpdate>): RecordUpdate => ({
  mode: 'update',
  id: 'a',
  version: 'v2',
  ...members,
})

/** The code with which it is refused; `done` if it is not. */
const outcome = async (call: () => Promise<unknown>) => {
  try {
    await call()
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('what the guard lets through', () => {
  it.each([
    ['an id of 1,024 bytes', () => space.save(creation({ id: emoji.repeat(256) }), { now }), 'done'],
    ['an id of 1,025 bytes', () => space.save(creation({ id: `${emoji.repeat(256)}a` }), { now }), 'KEY_NOT_STORABLE'],
    ['half of a surrogate pair in an id', () => space.load('\ud83d', { now }), 'KEY_NOT_STORABLE'],
    ['a principal of 4,096 bytes', () => space.save(creation({ principal: emoji.repeat(1_024) }), { now }), 'done'],
    ['a longer principal', () => space.save(creation({ principal: 'p'.repeat(4_097) }), { now }), 'KEY_NOT_STORABLE'],
    [
      'a longer principal to list',
      () => space.list({ now, limit: 1, principal: 'p'.repeat(4_097) }),
      'KEY_NOT_STORABLE',
    ],
    ['a description of 1,024 bytes', () => space.save(creation({ description: emoji.repeat(256) }), { now }), 'done'],
    ['a longer description', () => space.save(change({ description: 'd'.repeat(1_025) }), { now }), 'KEY_NOT_STORABLE'],
    ['a description with NUL', () => space.save(change({ description: 'a\0' }), { now }), 'KEY_NOT_STORABLE'],
    ['no description', () => space.save(change({ description: null }), { now }), 'done'],
    ['a version of 128 characters', () => space.save(creation({ version: 'v'.repeat(128) }), { now }), 'done'],
    ['a longer version', () => space.save(creation({ version: 'v'.repeat(129) }), { now }), 'KEY_NOT_STORABLE'],
    ['a version beyond ASCII', () => space.save(creation({ version: 'é' }), { now }), 'KEY_NOT_STORABLE'],
    ['a seal with NUL', () => space.save(creation({ seal: 'a\0' }), { now }), 'KEY_NOT_STORABLE'],
    [
      'a longer lock token',
      async () => space.lock?.('a', { now, token: 't'.repeat(129), leaseMs: 1 }),
      'KEY_NOT_STORABLE',
    ],
    ['an object key of 1,024 bytes', () => objects.get('k'.repeat(1_024), { now }), 'done'],
    ['a longer object key', () => objects.get('k'.repeat(1_025), { now }), 'KEY_NOT_STORABLE'],
    ['a longer space name', async () => driver.space('n'.repeat(1_025), { endGraceMs: 0 }), 'KEY_NOT_STORABLE'],
  ])('%s', async (_, call, expected) => {
    expect(await outcome(call as () => Promise<unknown>)).toBe(expected)
  })

  it('tells what is wrong with it, shortened', async () => {
    await expect(outcome(() => objects.get('k'.repeat(1_025), { now }))).resolves.toBe('KEY_NOT_STORABLE')
    expect(() => objects.get('k'.repeat(1_025), { now })).toThrow(
      `The key "${'k'.repeat(40)}…" cannot be used: it is 1025 bytes long in UTF-8, more than 1024.`,
    )
  })

  it('shows nothing of a principal or a description', async () => {
    for (const change of [{ principal: 'secret'.repeat(1_000) }, { description: 'secret'.repeat(1_000) }])
      await expect(async () => space.save(creation(change), { now })).rejects.toSatisfy(
        (error: ScopesError) =>
          error.code === 'KEY_NOT_STORABLE' && !JSON.stringify([error.message, error.details]).includes('secret'),
      )
  })
})
