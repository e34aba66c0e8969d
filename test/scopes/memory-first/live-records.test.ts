import { describe, expect, it } from 'vitest'
import { LiveRecord } from '../../../src/scopes/memory-first/live-record.js'
import { LiveRecords } from '../../../src/scopes/memory-first/live-records.js'
import { provisionalHead } from '../../../src/scopes/record/record-change.js'
import { scopeEnvironment } from '../../support/scope-environment.js'

const environment = scopeEnvironment()

/** A small record. */
function record(id: string, isStored = true): LiveRecord {
  const attributes = new Map([['k', new Uint8Array(300)]])
  const head = provisionalHead(environment, id, 'seal', null)
  return new LiveRecord(environment, { ...head, attributes }, isStored)
}

const recordBytes = record('any').size
const roomFor = (count: number) => new LiveRecords(count * recordBytes)
const heldOf = (records: LiveRecords, ids: readonly string[]) => ids.filter((id) => records.get(id))

function owe(live: LiveRecord): void {
  live.owe({ set: new Map([['k', new Uint8Array(300)]]), unset: new Set() }, live.values)
}

describe('live records', () => {
  it('are held up to their bytes; the least recently used goes first', () => {
    const records = roomFor(3)
    for (const id of ['a', 'b', 'c']) records.place(record(id))
    records.get('a')
    records.place(record('d'))
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd'])
  })

  it('in use stay, however many; when their requests are over they may go', () => {
    const records = roomFor(2)
    const used = ['a', 'b', 'c', 'd'].map((id) => record(id))
    for (const live of used) {
      live.users = 1
      records.place(live)
    }
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd'])
    for (const live of used) {
      live.users = 0
      records.place(live)
    }
    expect(heldOf(records, ['a', 'b', 'c', 'd'])).toEqual(['c', 'd'])
  })

  it('not yet backed up are never evicted, and fill the memory', () => {
    const records = roomFor(3)
    const unsaved = ['a', 'b', 'c'].map((id) => record(id))
    for (const live of unsaved) {
      expect(records.isFull).toBe(false)
      owe(live)
      records.place(live)
    }
    expect(records.isFull).toBe(true)
    for (const id of ['d', 'e', 'f']) records.place(record(id))
    expect(heldOf(records, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'b', 'c'])
    expect(records.unsaved()).toEqual(unsaved)
  })

  it('make room for others once they are backed up', () => {
    const records = roomFor(1)
    const live = record('a')
    owe(live)
    records.place(live)
    live.take()
    records.place(live)
    expect({ isFull: records.isFull, unsaved: records.unsaved() }).toEqual({ isFull: false, unsaved: [] })
    records.place(record('b'))
    expect(heldOf(records, ['a', 'b'])).toEqual(['b'])
  })

  it('count with the size they have grown to', () => {
    const records = roomFor(3)
    for (const id of ['a', 'b']) records.place(record(id))
    const growing = record('c')
    records.place(growing)
    growing.accept({ set: new Map([['k', new Uint8Array(300 + recordBytes / 2)]]), unset: new Set() }, growing.values)
    records.place(growing)
    expect(heldOf(records, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  })

  it('that nobody committed are held as long as a request uses them', () => {
    const records = roomFor(2)
    const live = record('a', false)
    live.users = 1
    records.place(live)
    expect(records.get('a')).toBe(live)
    live.users = 0
    records.place(live)
    expect(records.get('a')).toBeUndefined()
  })

  it('that have ended are not held, whoever still uses them', () => {
    const records = roomFor(2)
    const live = record('a')
    live.users = 1
    owe(live)
    records.place(live)
    records.remove(live)
    records.place(live)
    expect({ held: records.get('a'), unsaved: records.unsaved(), isFull: records.isFull }).toEqual({
      held: undefined,
      unsaved: [],
      isFull: false,
    })
  })
})
