import { beforeEach, describe, expect, it } from 'vitest'
import { memory } from '../../../src/drivers/memory/index.js'
import type {
  CallOptions,
  RecordCreate,
  RecordUpdate,
  SaveResult,
  Space,
  Version,
} from '../../../src/storage/contract.js'
import { Availability } from '../../../src/storage/guard/availability.js'
import { confirmedSave } from '../../../src/storage/guard/confirmed-save.js'
import { Guard } from '../../../src/storage/guard/guard.js'
import { guardedSpace } from '../../../src/storage/guard/guarded-space.js'
import { StorageError, type StorageErrorCode } from '../../../src/storage/storage-error.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { deadlineOf } from '../../support/deadline.js'
import { memorySpace } from '../../support/scope-environment.js'

const life = { idleMs: 60_000, endsAt: null }
const bytes = (text: string) => Buffer.from(text)

let clock: ManualClock
let space: Space
/** What becomes of the calls to come, in turn: `lost`, applied without an answer; `dropped`, neither; else the code of an error. */
let fates: ('lost' | 'dropped' | StorageErrorCode)[]
/** What others do before the store is asked again. */
let meanwhile: () => Promise<unknown>

const failure = (code: StorageErrorCode) => {
  const details = { cache: 'shared', operation: 'save', reason: 'cut', id: 'a', deadlineMs: 0, remedy: '' }
  return new StorageError(code, details)
}

beforeEach(async () => {
  clock = new ManualClock()
  space = memorySpace()
  fates = []
  meanwhile = async () => {}
  await space.save(
    { mode: 'create', id: 'a', version: 'v1', seal: 's', life, set: new Map([['k', bytes('0')]]) },
    now(),
  )
})

const now = () => ({ now: clock.now() })

const unreliable = (): Space =>
  Object.assign(Object.create(space), {
    async save(change: RecordUpdate, options: CallOptions): Promise<SaveResult> {
      const fate = fates.shift()
      if (fate === undefined) return space.save(change, options)
      if (fate === 'lost') await space.save(change, options)
      await meanwhile()
      throw failure(fate === 'lost' || fate === 'dropped' ? 'STORAGE_UNANSWERED' : fate)
    },
  })

const save = (change: RecordUpdate | RecordCreate, options: Partial<CallOptions & { readonly held: Version }> = {}) =>
  confirmedSave(unreliable(), change, { ...now(), held: 'v1', ...options }, { cache: 'shared', clock })

const update = (change: Partial<RecordUpdate> = {}): RecordUpdate => ({
  mode: 'update',
  id: 'a',
  version: 'v2',
  set: new Map([['k', bytes('1')]]),
  ...change,
})

const byAnother = (change: Partial<RecordUpdate> = {}) => space.save(update({ version: 'w', ...change }), now())

async function stored(id = 'a') {
  const result = await space.load(id, now())
  return result.status === 'loaded' ? String(result.record.attributes.get('k')) : result.status
}

describe('a save whose answer was lost', () => {
  it.each(['lost', 'dropped'] as const)('is applied once: %s', async (fate) => {
    fates = [fate]
    expect((await save(update())).status).toBe('saved')
    expect(await stored()).toBe('1')
    expect(await space.load('a', { ...now(), ifChangedSince: 'v2' })).toMatchObject({ status: 'unchanged' })
  })

  it('that was applied tells that nobody knows what it replaced', async () => {
    fates = ['lost']
    expect(await save(update())).toEqual({ status: 'saved', previous: 'v2' })
  })

  it.each(['lost', 'dropped'] as const)('is uncertain when another has written since, who stays: %s', async (fate) => {
    fates = [fate]
    meanwhile = () => byAnother({ set: new Map([['k', bytes('theirs')]]) })
    await expect(save(update())).rejects.toMatchObject({ code: 'SAVE_UNCERTAIN', status: 503 })
    expect(await stored()).toBe('theirs')
  })

  it('is asked for again until the store is back', async () => {
    fates = ['dropped', 'STORAGE_UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'dropped']
    const saving = save(update())
    for (let tries = 0; tries < 5; tries += 1) await clock.advance(250)
    expect((await saving).status).toBe('saved')
    expect(await stored()).toBe('1')
  })

  it('is given up with its caller', async () => {
    fates = ['dropped', 'STORAGE_UNAVAILABLE']
    const caller = new AbortController()
    const saving = save(update(), { deadline: deadlineOf(caller.signal, 1_000) })
    caller.abort(failure('SAVE_UNCERTAIN'))
    await expect(saving).rejects.toMatchObject({ code: 'SAVE_UNCERTAIN' })
    await clock.advance(1_000)
    expect(await stored()).toBe('0')
  })

  it('is asked for no longer than until its deadline', async () => {
    fates = ['dropped', ...Array.from({ length: 1_000 }, () => 'STORAGE_UNAVAILABLE' as const)]
    const guard = new Guard({
      cache: 'shared',
      driver: 'memory',
      deadlineMs: 5_000,
      clock,
      availability: new Availability(clock),
    })
    const guarded = guardedSpace(unreliable, memory.capabilities(memory.options.parse({})), guard)
    const saving = guarded.save(update(), { ...now(), held: 'v1' })
    saving.catch(() => {})
    for (let tries = 0; tries < 25; tries += 1) await clock.advance(250)
    await expect(saving).rejects.toMatchObject({ code: 'SAVE_UNCERTAIN' })
    const left = fates.length
    for (let tries = 0; tries < 25; tries += 1) await clock.advance(250)
    expect(fates.length).toBe(left)
  })

  it('is uncertain when the store then refuses to say', async () => {
    fates = ['lost', 'STORAGE_FULL']
    await expect(save(update())).rejects.toMatchObject({ code: 'SAVE_UNCERTAIN' })
  })

  it('is uncertain for a caller who holds no version', async () => {
    fates = ['lost']
    const { held: _, ...options } = { ...now(), held: 'v1' }
    await expect(confirmedSave(unreliable(), update(), options, { cache: 'shared', clock })).rejects.toMatchObject({
      code: 'SAVE_UNCERTAIN',
    })
  })

  it.each(['lost', 'dropped'] as const)('creates one record: %s', async (fate) => {
    fates = [fate]
    const create: RecordCreate = {
      mode: 'create',
      id: 'b',
      version: 'v',
      seal: 's',
      life,
      set: new Map([['k', bytes('1')]]),
    }
    expect(await save(create)).toEqual({ status: 'saved', previous: 'v' })
    expect(await stored('b')).toBe('1')
  })

  it.each(['lost', 'dropped'] as const)('changes the secret once: %s', async (fate) => {
    fates = [fate]
    expect((await save(update({ reseal: { from: 's', to: 't', replaced: '' } }))).status).toBe('saved')
    expect((await space.load('a', { ...now(), seal: 't' })).status).toBe('loaded')
  })

  it.each(['lost', 'dropped'] as const)('ends the record, whatever others have written: %s', async (fate) => {
    fates = [fate]
    meanwhile = () => byAnother()
    expect((await save(update({ ending: 'invalidated' }))).status).toBe('saved')
    expect(await stored()).toBe('missing')
  })

  it('is missing when the record has ended since', async () => {
    fates = ['lost']
    meanwhile = () => byAnother({ ending: 'ended' })
    expect(await save(update())).toEqual({ status: 'missing' })
  })

  it('is uncertain when its lock was lost since', async () => {
    fates = ['dropped']
    await space.lock?.('a', { ...now(), token: 'mine', leaseMs: 1_000 })
    meanwhile = async () => space.unlock?.('a', { ...now(), token: 'mine' })
    await expect(save(update({ lockToken: 'mine' }))).rejects.toMatchObject({ code: 'SAVE_UNCERTAIN' })
  })
})

describe('a save that certainly was not applied', () => {
  it('fails at once', async () => {
    fates = ['STORAGE_UNAVAILABLE']
    await expect(save(update())).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect(await stored()).toBe('0')
  })
})
