import { describe, expect, it, onTestFinished } from 'vitest'
import { memory } from '../../../src/drivers/memory/index.js'
import { Cache } from '../../../src/storage/caches/cache.js'
import type { Driver } from '../../../src/storage/contract.js'
import { StorageError } from '../../../src/storage/storage-error.js'
import { type Logger, silentLogger } from '../../../src/support/logger.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { LogLines } from '../../support/log-lines.js'
import { publishedOutages } from '../../support/published.js'

const environment = { cache: 'shared', directory: '.', onEvicted() {} }
const refusal = new StorageError('STORAGE_UNUSABLE', { cache: 'shared', reason: 'no rights', remedy: 'Grant them.' })
const absence = new StorageError('STORAGE_UNAVAILABLE', { cache: 'shared', operation: 'open', reason: 'not there' })

/** A cache of two scopes on a driver whose attempts to prepare them end like this, one after the other. */
async function prepared(outcomes: (StorageError | undefined)[] = [], log = silentLogger) {
  const calls: string[] = []
  const naive = await memory.create(memory.options.parse({}), environment)
  const driver: Driver = Object.assign(naive, {
    capabilities: { ...naive.capabilities, reach: 'network' },
    prepare: async (names: readonly string[]) => {
      calls.push(`prepare ${names.join(' ')}`)
      const failure = outcomes.shift()
      if (failure) throw failure
    },
    close: async () => void calls.push('close'),
  })
  const clock = new ManualClock()
  const scopes = ['session', 'client'].map((scope) => ({ application: 'shop', scope }))
  const options = { name: 'shared', driverName: 'memory', deadlineMs: 5_000, log }
  const cache = new Cache({ ...options, driver, scopes, clock })
  onTestFinished(() => cache.close())
  return { cache, calls, clock }
}

describe('an outage whose later errors ask for something else', () => {
  it('has a line of the log, and a message, for what to do now', async () => {
    const outages = publishedOutages()
    const log = new LogLines()
    const { cache } = await prepared([], log.logger)
    cache.availability.failed(absence)
    const about = { cache: 'shared', operation: 'load', reason: 'WRONGPASS', remedy: 'Correct the password.' }
    cache.availability.failed(new StorageError('STORAGE_UNAVAILABLE', about))
    cache.availability.failed(absence)
    expect(log.shown).toMatchObject([
      { level: 'error', message: 'the cache is unavailable' },
      {
        level: 'error',
        message: 'the cache is still unavailable, for another reason',
        fields: {
          cache: 'shared',
          code: 'STORAGE_UNAVAILABLE',
          reason: expect.stringContaining('Correct the password.'),
        },
      },
    ])
    expect(log.shown).toHaveLength(2)
    expect(outages).toMatchObject([{ isAvailable: false }, { isAvailable: false, isContinued: true }])
  })
})

describe('a cache that opens', () => {
  it('lets its driver prepare the spaces of all scopes that it holds', async () => {
    const { cache, calls } = await prepared()
    await cache.open()
    expect(calls).toEqual(['prepare shop:session shop:client'])
  })

  it('does not open when that fails, and closes what was opened', async () => {
    const { cache, calls } = await prepared([refusal])
    await expect(cache.open()).rejects.toBe(refusal)
    expect(calls).toEqual(['prepare shop:session shop:client', 'close'])
  })

  it('prepares them later, when the store was not there', async () => {
    const { cache, calls, clock } = await prepared([absence])
    await cache.open()
    const space = cache.space({ application: 'shop', scope: 'session' }, { endGraceMs: 0 })
    await expect(space.load('a', { now: clock.now() })).rejects.toBe(absence)
    await clock.advance(1_000)
    expect(await space.load('a', { now: clock.now() })).toEqual({ status: 'missing' })
    expect(calls.filter((call) => call !== 'close').length).toBe(2)
  })

  it('is unavailable, not unusable, for calls while it tries to open a store that refuses', async () => {
    const { cache, clock } = await prepared([absence, refusal])
    await cache.open()
    const space = cache.space({ application: 'shop', scope: 'session' }, { endGraceMs: 0 })
    await clock.advance(300)
    await expect(space.load('a', { now: clock.now() })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      status: 503,
      message: 'The cache shared is unavailable (open): no rights. Grant them.',
      cause: refusal,
    })
    await clock.advance(10_000)
    expect(await space.load('a', { now: clock.now() })).toEqual({ status: 'missing' })
  })

  it('reports once why it cannot be used, however often it is tried', async () => {
    const errors: unknown[] = []
    const log = { ...silentLogger, error: (fields: object) => void errors.push(fields) } as unknown as Logger
    const { cache, clock } = await prepared([absence, refusal, refusal, refusal], log)
    await cache.open()
    for (let n = 0; n < 4; n += 1) await clock.advance(5_000)
    expect(errors.filter((fields) => (fields as { err: unknown }).err === refusal)).toHaveLength(1)
  })
})
