import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { Residents } from '../../src/drivers/memory/residents.js'
import { MemoryTable } from '../../src/drivers/memory/table.js'
import type { RecordUpdate, Space } from '../../src/storage/contract.js'
import { spaceOnTable } from '../../src/storage/space-on-table.js'
import type { Table } from '../../src/storage/table.js'
import { deadlineOf } from '../support/deadline.js'

const now = 0
const creation = {
  mode: 'create',
  id: 'a',
  version: 'v0',
  seal: 'seal',
  life: { idleMs: 1_000, endsAt: null },
} as const

let table: Table
/** How often a change had to be tried again. */
let pauses: number
/** Two processes on one table: neither knows what the other has under way. */
let here: Space
let there: Space

const pause = () => {
  pauses += 1
  return setImmediate()
}

beforeEach(async () => {
  pauses = 0
  const environment = { cache: 'store', directory: '.', onEvicted() {} }
  const naive = new MemoryTable('s', new Residents({ maxEntries: 1_000 }, environment))
  // Answers come late, so that calls of two processes interleave.
  table = Object.assign(Object.create(null), {
    get: async (id: string) => setImmediate(await naive.get(id)),
    insert: (row, options) => naive.insert(row, options),
    replace: (row, stamp, options) => naive.replace(row, stamp, options),
    remove: (id, stamp) => naive.remove(id, stamp),
    due: (options) => naive.due(options),
    rows: (query) => naive.rows(query),
  } satisfies Table)
  here = spaceOnTable(table, pause)
  there = spaceOnTable(table, pause)
  await here.save(creation, { now })
})

const setting = (name: string): RecordUpdate => ({
  mode: 'update',
  id: 'a',
  version: name,
  set: new Map([[name, new Uint8Array([1])]]),
})

const names = async () => {
  const result = await here.load('a', { now })
  return result.status === 'loaded' ? [...result.record.attributes.keys()] : result.status
}

describe('a space on a table', () => {
  it('loses nothing of what two processes change at once, and names each version once as the previous one', async () => {
    const changes = Array.from({ length: 40 }, (_, n) => `n${n}`)
    const saves = changes.map((name, n) => (n % 2 ? here : there).save(setting(name), { now }))
    const results = await Promise.all(saves)
    expect([...(await names())].sort()).toEqual([...changes].sort())
    expect(new Set(results.map((result) => result.status === 'saved' && result.previous)).size).toBe(40)
    expect(pauses).toBeGreaterThan(0)
  })

  it('does not race with itself', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => here.save(setting(`n${n}`), { now })))
    expect(pauses).toBe(0)
  })

  it('lets one of two processes create, and shares out what is due', async () => {
    const created = await Promise.all([here, there].map((space) => space.save({ ...creation, id: 'b' }, { now })))
    expect(created.map(({ status }) => status).sort()).toEqual(['exists', 'saved'])
    const options = { now: 2_000, limit: 10, leaseMs: 1_000 }
    const claims = await Promise.all([here.claimExpired(options), there.claimExpired(options)])
    expect(
      claims
        .flat()
        .map(({ record }) => record.id)
        .sort(),
    ).toEqual(['a', 'b'])
    const [settled, stale] = await Promise.all([
      here.settle(claims.flat(), { now }),
      there.settle(claims.flat(), { now }),
    ])
    expect([...settled, ...stale].sort()).toEqual(['a', 'b'])
  })

  it('gives up after a hundred tries', async () => {
    table.replace = async () => false
    await expect(here.save(setting('k'), { now })).rejects.toThrow('changed the record a 100 times')
    expect(pauses).toBe(99)
  })

  it('changes nothing for a caller that gave up while its call waited for its turn', async () => {
    const caller = new AbortController()
    const first = here.save(setting('first'), { now })
    const second = here.save(setting('second'), { now, deadline: deadlineOf(caller.signal, 0) })
    caller.abort(new Error('too late'))
    await first
    await expect(second).rejects.toThrow('too late')
    expect(await names()).toEqual(['first'])
  })
})
