import { describe, expect, it } from 'vitest'
import type { LiveRecord } from '../../../src/scopes/memory-first/live-record.js'
import { LiveRecords } from '../../../src/scopes/memory-first/live-records.js'
import { provisionalHead } from '../../../src/scopes/record/record-change.js'
import { scopeEnvironment } from '../../support/scope-environment.js'

const environment = scopeEnvironment()
const headOf = (id: string) => provisionalHead(environment, id, 'seal', null)

/** A small record that is stored. */
function add(records: LiveRecords, id: string): LiveRecord {
  const record = { ...headOf(id), attributes: new Map([['k', new Uint8Array(300)]]) }
  return records.add({ record, previouslyTouchedAt: record.touchedAt })
}

const recordsOf = (memoryBytes: number) => new LiveRecords(scopeEnvironment({ settings: { memoryBytes } }))
const recordBytes = add(recordsOf(2 ** 20), 'any').size
const roomFor = (count: number) => recordsOf(count * recordBytes)
const heldOf = (records: LiveRecords, ids: readonly string[]) => ids.filter((id) => records.get(id))

function owe(live: LiveRecord, bytes = 300): void {
  live.owe({ set: new Map([['k', new Uint8Array(bytes)]]), unset: new Set() }, live.values)
}

describe('live records', () => {
  it('are held up to their bytes; the least recently used goes first', () => {
    const records = roomFor(3)
    for (const id of ['a', 'b', 'c']) add(records, id)
    records.get('a')
    add(records, 'd')
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
  })

  it('in use stay, however many; when their requests are over they may go', () => {
    const records = roomFor(2)
    const used = ['a', 'b', 'c', 'd'].map((id) => add(records, id))
    for (const live of used) live.enter()
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd'])
    for (const live of used) live.leave()
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toHaveLength(2)
  })

  it('not yet backed up are never evicted, and fill the memory if the store does not take them', () => {
    const records = roomFor(3)
    const unsaved = ['a', 'b', 'c'].map((id) => add(records, id))
    for (const live of unsaved) {
      owe(live)
      live.sent()
    }
    for (const live of unsaved) {
      expect(records.isFullFor(null)).toBe(false)
      live.refused()
    }
    expect(records.isFullFor(null)).toBe(true)
    for (const id of ['d', 'e', 'f']) add(records, id)
    expect(heldOf(records, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'b', 'c'])
    expect(records.unsaved()).toEqual(unsaved)
  })

  it('make room for others once they are backed up', () => {
    const records = roomFor(1)
    const live = add(records, 'a')
    owe(live)
    live.sent()
    live.unanswered()
    expect(records.isFullFor(null)).toBe(true)
    live.saved()
    expect({ isFull: records.isFullFor(null), unsaved: records.unsaved() }).toEqual({ isFull: false, unsaved: [] })
    add(records, 'b')
    expect(heldOf(records, ['a', 'b'])).toEqual(['b'])
  })

  it('left behind by their responses fill the memory before the first try', () => {
    const settings = { memoryBytes: recordBytes, backup: 'behind' } as const
    const records = new LiveRecords(scopeEnvironment({ settings }))
    const live = add(records, 'a')
    owe(live)
    expect(records.isFullFor(null)).toBe(true)
    live.sent()
    live.saved()
    expect(records.isFullFor(null)).toBe(false)
  })

  it('in use never fill the memory, whether it has room for them or not', () => {
    const records = roomFor(2)
    for (const id of ['a', 'b', 'c']) add(records, id).enter()
    const giant = records.begin(headOf('giant'))
    giant.enter()
    owe(giant, 10 * recordBytes)
    expect(records.isFullFor(null)).toBe(false)
    giant.sent()
    giant.saved()
    expect(records.isFullFor(null)).toBe(false)
  })

  it('without a principal leave the last part of the memory to the others', () => {
    const records = roomFor(10)
    const refused = (id: string) => {
      const live = add(records, id)
      owe(live)
      live.sent()
      live.refused()
    }
    for (let count = 0; count < 8; count += 1) refused(`${count}`)
    expect([records.isFullFor(null), records.isFullFor('ada')]).toEqual([true, false])
    for (let count = 8; count < 10; count += 1) refused(`${count}`)
    expect(records.isFullFor('ada')).toBe(true)
  })

  it('count with the size they have grown to', () => {
    const records = roomFor(3)
    for (const id of ['a', 'b']) add(records, id)
    const growing = add(records, 'c')
    owe(growing, 300 + recordBytes / 2)
    expect(heldOf(records, ['a', 'b', 'c'])).toEqual(['b', 'c'])
    growing.sent()
    growing.saved()
    expect(heldOf(records, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  })

  it('that no request committed are held as long as a request uses them', () => {
    const records = roomFor(2)
    const live = records.begin(headOf('a'))
    live.enter()
    expect(records.get('a')).toBe(live)
    live.leave()
    expect(records.get('a')).toBeUndefined()
  })

  it('larger than all the memory are shared by the requests that use them', () => {
    const records = recordsOf(recordBytes - 1)
    const live = add(records, 'a')
    expect(records.get('a')).toBeUndefined()
    live.enter()
    expect(records.get('a')).toBe(live)
    live.leave()
    expect(records.get('a')).toBeUndefined()
  })

  it('that have ended are not held, even while a request uses them', () => {
    const records = roomFor(2)
    const live = add(records, 'a')
    live.enter()
    owe(live)
    live.ended()
    owe(live)
    expect({ held: records.get('a'), unsaved: records.unsaved(), isFull: records.isFullFor(null) }).toEqual({
      held: undefined,
      unsaved: [],
      isFull: false,
    })
  })

  it('that have ended leave the place to the one that has it now', () => {
    const records = roomFor(2)
    const before = add(records, 'a')
    before.ended()
    const present = add(records, 'a')
    owe(before)
    expect(records.get('a')).toBe(present)
  })
})

describe('the decoded values of a live record', () => {
  const begun = (records: LiveRecords) => {
    const live = records.begin(headOf('a'))
    live.enter()
    owe(live)
    return live
  }

  it('go with the requests that began it: most visitors never come back', () => {
    const live = begun(roomFor(2))
    const { values } = live
    live.enter()
    live.leave()
    expect(live.values).toBe(values)
    live.leave()
    expect(live.values).not.toBe(values)
    expect(live.values.encoded).toBe(values.encoded)
  })

  it('stay from its second use on', () => {
    const live = begun(roomFor(2))
    live.leave()
    live.enter()
    const { values } = live
    live.leave()
    expect(live.values).toBe(values)
  })

  it('stay if the record was loaded, because its visitor has come back', () => {
    const live = add(roomFor(2), 'a')
    const { values } = live
    live.enter()
    live.leave()
    expect(live.values).toBe(values)
  })
})
