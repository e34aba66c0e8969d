import { beforeEach, describe, expect, it } from 'vitest'
import { LocalCopies } from '../../../src/scopes/cluster/local-copies.js'
import { StoredIdle } from '../../../src/scopes/record/stored-idle.js'
import type { ScopeSettings } from '../../../src/scopes/settings.js'
import type { LoadOptions, RecordChange, RecordUpdate } from '../../../src/storage/contract.js'
import { newHead } from '../../../src/storage/record.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { memorySpace, scopeEnvironment } from '../../support/scope-environment.js'

const bytes = (text: string) => new TextEncoder().encode(text)

const creation = {
  mode: 'create',
  id: 'a',
  version: '1',
  seal: 'seal',
  life: { idleMs: 60_000, endsAt: null },
  set: new Map([['k', bytes('one')]]),
} as const

const change = (version: string, text: string): RecordUpdate & { readonly set: Map<string, Uint8Array> } => ({
  mode: 'update',
  id: 'a',
  version,
  set: new Map([['k', bytes(text)]]),
})

let clock: ManualClock
let space: ReturnType<typeof memorySpace>
/** What the store was asked, load by load: which version this node said it holds. */
let asked: LoadOptions[]
let copies: LocalCopies

function copiesWith(settings: Partial<ScopeSettings>): LocalCopies {
  const load: typeof space.load = (id, options) => {
    asked.push(options)
    return space.load(id, options)
  }
  const watched = Object.assign(Object.create(space), { load })
  const environment = scopeEnvironment({ space: watched, clock, settings })
  return new LocalCopies(environment, new StoredIdle(environment.settings, false))
}

const save = (saved: RecordChange) => space.save(saved, { now: clock.now() })
const versionsAsked = () => asked.map(({ ifChangedSince }) => ifChangedSince)

async function loaded(seal?: string) {
  const result = await copies.load('a', seal)
  if (result.status !== 'loaded') throw new Error(`The load was answered ${result.status}`)
  const { access, copy } = result
  return { ...access, k: new TextDecoder().decode(copy.attributes.get('k')) }
}

beforeEach(async () => {
  clock = new ManualClock()
  space = memorySpace()
  asked = []
  copies = copiesWith({ memoryBytes: 10_000 })
  await save(creation)
})

describe('a local copy', () => {
  it('is what an unchanged record is answered with, at its present times', async () => {
    await loaded('seal')
    clock.jump(1_000)
    const { k, touchedAt, expiresAt, hits } = await loaded('seal')
    expect(versionsAsked()).toEqual([undefined, '1'])
    expect({ k, touchedAt, expiresAt, hits }).toEqual({
      k: 'one',
      touchedAt: clock.now(),
      expiresAt: clock.now() + 60_000,
      hits: 2,
    })
  })

  it('gives way to what another node saved', async () => {
    await loaded()
    await save(change('2', 'two'))
    expect((await loaded()).k).toBe('two')
    expect((await loaded()).k).toBe('two')
    expect(versionsAsked()).toEqual([undefined, '1', '2'])
  })

  it('takes over what this node saved on top of it', async () => {
    await loaded()
    await save(change('2', 'two'))
    copies.update(change('2', 'two'), '1')
    expect((await loaded()).k).toBe('two')
    expect(versionsAsked()).toEqual([undefined, '2'])
  })

  it('goes when this node saved on top of something else', async () => {
    await loaded()
    await save(change('2', 'two'))
    await save({ ...change('3', 'three'), set: new Map([['other', bytes('x')]]) })
    copies.update({ ...change('3', 'three'), set: new Map([['other', bytes('x')]]) }, '2')
    expect((await loaded()).k).toBe('two')
    expect(versionsAsked()).toEqual([undefined, undefined])
  })

  it('is there once it is kept', async () => {
    copies.keep(newHead(creation, clock.now()), creation.set)
    expect((await loaded()).k).toBe('one')
    expect(versionsAsked()).toEqual(['1'])
  })

  it('goes with the record, and when that has ended', async () => {
    await loaded()
    copies.delete('a')
    await loaded()
    await space.save({ mode: 'update', id: 'a', version: '2', ending: 'ended' }, { now: clock.now() })
    expect(await copies.load('a')).toEqual({ status: 'missing' })
    await copies.load('a')
    expect(versionsAsked()).toEqual([undefined, undefined, '1', undefined])
  })

  it('answers nobody with another secret', async () => {
    await loaded('seal')
    expect(await copies.load('a', 'another')).toEqual({ status: 'refused', replaced: null })
  })

  it('is not kept beyond the memory of the scope, least recently used first', async () => {
    copies = copiesWith({ memoryBytes: 4_000 })
    for (const id of ['b', 'c']) await save({ ...creation, id })
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await copies.load(id)
    expect(versionsAsked()).toEqual([undefined, undefined, '1', undefined, '1', undefined])
  })
})

describe('with a touch interval, an access', () => {
  const touchesSent = () => asked.map(({ touch }) => touch?.hits ?? 0)

  beforeEach(() => {
    copies = copiesWith({ touchIntervalMs: 1_000 })
  })

  it('is sent once the last one that the store knows is as old as that, with those that came between', async () => {
    for (const ms of [0, 500, 499, 1]) {
      clock.jump(ms)
      await loaded('seal')
    }
    expect(touchesSent()).toEqual([1, 0, 0, 3])
    expect(await space.load('a', { now: clock.now() })).toMatchObject({ record: { hits: 4, touchedAt: clock.now() } })
  })

  it('counts for its request even if it is not sent, also after a save of this node', async () => {
    await loaded('seal')
    expect((await loaded('seal')).hits).toBe(2)
    await save(change('2', 'two'))
    copies.update(change('2', 'two'), '1')
    expect((await loaded('seal')).hits).toBe(3)
  })

  it('waits for no longer than a tenth of the idle time of the record', async () => {
    await save({ ...creation, id: 'b', life: { idleMs: 1_000, endsAt: null } })
    for (const ms of [0, 99, 1]) {
      clock.jump(ms)
      await copies.load('b', 'seal')
    }
    expect(touchesSent()).toEqual([1, 0, 2])
  })

  it('with another secret neither counts nor keeps others from being told', async () => {
    await loaded('seal')
    await loaded('seal')
    clock.jump(1_000)
    await copies.load('a', 'another')
    expect((await loaded('seal')).hits).toBe(3)
    expect(touchesSent()).toEqual([1, 0, 2, 2])
  })
})
