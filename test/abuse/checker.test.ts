import { describe, expect, it } from 'vitest'
import { check } from './checker.js'
import type { History, Visit } from './history.js'

const calm: History = {
  store: 'memory',
  visits: [
    visit('begin', 'quiet', 0, { seen: null }),
    visit('write', 'quiet', 10, { seen: {}, wrote: 'a' }),
    visit('increment', 'abuse', 20, { seen: { value: 'a' }, wrote: 1 }),
    visit('lock', 'abuse', 30, { seen: { value: 'a', count: 1 }, wrote: 1 }),
    visit('read', 'abuse', 40, { seen: { value: 'a', count: 1, locked: 1 } }),
  ],
  attacks: [{ kind: 'giants', answers: { 200: 3, 413: 1 } }],
  memory: { quiet: 10, abused: 15, growth: 5 },
  exit: 0,
}

function visit(deed: Visit['deed'], phase: Visit['phase'], start: number, told: Partial<Visit>): Visit {
  return { visitor: 'v', phase, deed, start, end: start + 5, status: 200, ...told }
}

const brokenIn = (changes: Partial<History>) =>
  check({ ...calm, ...changes }, { slowdown: 3, floorMs: 2 })
    .filter(({ broken }) => broken.length > 0)
    .map(({ rule }) => rule)

const withLast = (last: Visit) => ({ visits: [...calm.visits.slice(0, -1), last] })

describe('the checker of the abuse soak', () => {
  it('finds nothing where all went well', () => expect(brokenIn({})).toEqual([]))

  it.each<[string, Partial<History>]>([
    ['honest visitors see no error', withLast(visit('read', 'abuse', 40, { status: 503 }))],
    [
      'no write of theirs is lost',
      withLast(visit('read', 'abuse', 40, { seen: { value: 'old', count: 1, locked: 1 } })),
    ],
    ['no write of theirs is lost', withLast(visit('read', 'abuse', 40, { seen: { value: 'a', locked: 1 } }))],
    ['no write of theirs is lost', withLast(visit('read', 'abuse', 40, { seen: null }))],
    [
      'they wait at most 3 times as long',
      withLast(visit('read', 'abuse', 40, { end: 60, seen: { value: 'a', count: 1, locked: 1 } })),
    ],
    ['the memory of the node is bounded', { memory: { quiet: 10, abused: 16, growth: 5 } }],
    ['attackers get documented answers', { attacks: [{ kind: 'bots', answers: { 200: 9, 500: 1 } }] }],
    ['attackers get documented answers', { attacks: [{ kind: 'bots', answers: { 0: 1 } }] }],
    ['the node lives', { exit: null }],
  ])('sees that this is broken: %s', (rule, changes) => expect(brokenIn(changes)).toEqual([rule]))

  it('lets a write that failed be there or not', () => {
    const failed = visit('write', 'abuse', 40, { status: 0, wrote: 'b' })
    for (const value of ['a', 'b']) {
      const read = visit('read', 'abuse', 50, { seen: { value, count: 1, locked: 1 } })
      expect(brokenIn({ visits: [...calm.visits, failed, read] })).toEqual(['honest visitors see no error'])
    }
  })
})
