import { beforeEach, describe, expect, it } from 'vitest'
import type { EndedRecord } from '../../../src/scopes/ends/ended-record.js'
import { Reaper } from '../../../src/scopes/ends/reaper.js'
import type { EndHandler } from '../../../src/scopes/ends/run-end-handler.js'
import type { Space } from '../../../src/storage/contract.js'
import { type Logger, silentLogger } from '../../../src/support/logger.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'
import { memorySpace, recordEvents, scopeEnvironment } from '../../support/scope-environment.js'

const second = 1_000
const lease = 30 * second
/** Sweeps come about every second. */
const sweepIsDue = 2 * second
const day = 24 * 3_600 * second

let clock: ManualClock
let space: Space
let warnings: string[]

beforeEach(() => {
  clock = new ManualClock()
  space = memorySpace()
  warnings = []
})

/** A record that has expired. */
async function expired(id: string): Promise<void> {
  const life = { idleMs: 10, endsAt: null }
  await space.save({ mode: 'create', id, version: id, seal: 'seal', life }, { now: clock.now() })
  clock.jump(10)
}

const count = () => space.count({ now: 0 })

/** A node that ends records; what its handler is given, and the names of the events it emits. */
function reaper(onEnd: EndHandler = async () => {}) {
  const { events, emit } = recordEvents()
  const log: Logger = Object.assign(Object.create(silentLogger), {
    warn: (_: object, message: string) => void warnings.push(message),
  })
  const ended: Pick<EndedRecord, 'id' | 'attempt'>[] = []
  const started = new Reaper(
    scopeEnvironment({ space, clock, log, emit }),
    { prepare: async () => true, onClaim() {} },
    async (record) => {
      ended.push({ id: record.id, attempt: record.attempt })
      await onEnd(record)
    },
  )
  started.start()
  return { reaper: started, ended, events: () => events.map(([name]) => name) }
}

describe('an end handler', () => {
  it('that runs longer than the lease runs once: its claim is renewed on the way', async () => {
    await expired('a')
    const gate = new Gate()
    const slow = reaper(() => gate.pass())
    await clock.advance(sweepIsDue)
    await gate.reached
    const other = reaper()
    await clock.advance(5 * lease)
    expect(slow.ended).toEqual([{ id: 'a', attempt: 1 }])
    expect(other.ended).toEqual([])
    gate.open()
    await clock.advance(lease)
    expect({ other: other.ended, warnings, left: await count() }).toEqual({ other: [], warnings: [], left: 0 })
  })

  it('whose node stopped for longer than the lease runs again on another one, which is warned of', async () => {
    await expired('a')
    const gate = new Gate()
    const slow = reaper(() => gate.pass())
    await clock.advance(sweepIsDue)
    await gate.reached
    clock.jump(lease)
    const other = reaper()
    other.reaper.endSoon('a')
    await clock.advance(second)
    expect(other.ended).toEqual([{ id: 'a', attempt: 2 }])
    expect(warnings).toEqual(['a claim was lost; its end handler may run twice'])
    gate.open()
    await slow.reaper.stop()
  })

  it('that throws is tried again after 1, 2, 4 and 8 seconds, and after the fifth time the record goes', async () => {
    await expired('a')
    const runs: number[] = []
    const failing = reaper(async () => {
      runs.push(clock.now())
      throw new Error('no stock')
    })
    await clock.advance(60 * second)
    const pauses = runs.slice(1).map((at, index) => at - (runs[index] ?? 0))
    expect(pauses).toHaveLength(4)
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(2 ** index * second)
      expect(pause).toBeLessThan(2 ** index * second + sweepIsDue)
    }
    expect(failing.ended.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
    expect(failing.events()).toEqual(['session:dead-letter'])
  })

  it('does not run for a record that expired longer ago than endGrace; the record goes', async () => {
    await expired('a')
    clock.jump(8 * day)
    const late = reaper()
    await clock.advance(sweepIsDue)
    expect({ ended: late.ended, warnings }).toEqual({
      ended: [],
      warnings: ['a record expired longer ago than endGrace; its end handler does not run'],
    })
    expect(await space.claimExpired({ now: clock.now() + lease, limit: 1, leaseMs: lease })).toEqual([])
  })
})

describe('a record that another node moves to another store', () => {
  it('is no end: it gets no handler, stays, and is reported once', async () => {
    const life = { idleMs: day, endsAt: null }
    for (const id of ['a', 'b']) {
      await space.save({ mode: 'create', id, version: id, seal: 'seal', life }, { now: clock.now() })
      await space.save({ mode: 'update', id, version: `${id}2`, ending: 'moved' }, { now: clock.now() })
    }
    const plain = reaper()
    await clock.advance(lease + sweepIsDue)
    await clock.advance(lease + sweepIsDue)
    expect([plain.ended, plain.events()]).toEqual([[], []])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('storage: { write, fallback }')
    clock.jump(lease)
    const left = await space.claimExpired({ now: clock.now(), limit: 9, leaseMs: 1 })
    expect(left.map(({ record }) => record.id).sort()).toEqual(['a', 'b'])
  })
})
