import fc from 'fast-check'
import type { Ask, Holds, Update } from './ask.js'
import { defined, mostly, often, seldom } from './chance.js'
import { descriptions, marks, values } from './odd-texts.js'

const minute = 60_000
/** Few, so that moments coincide; a vacant record is due after a minute. */
export const someMs = [1_000, minute, 1, minute - 1, minute + 1, 30 * minute]

const index = fc.nat({ max: 2 })
/** Mostly the same, so that seals fit and tokens hold. */
const mark = mostly(marks[0], fc.constantFrom(...marks))
const leaseMs = fc.constantFrom(1_000, 1, minute)
const holds = mostly<Holds>('present', fc.constantFrom('earlier', 'never'))
const idleMs = mostly(30 * minute, fc.constantFrom(null, ...someMs, 0))
/** The last is beyond all dates. */
const endsIn = mostly(null, fc.constantFrom(...someMs, 0, -1_000, 7e15))
const touch = fc
  .record({ ago: fc.constantFrom(0, ...someMs, 0.5, -1, -minute), hits: often(fc.nat({ max: 3 })) })
  .map(defined)
const description = fc.constantFrom(...descriptions)
const value = fc.nat({ max: values.length - 1 })
const set = fc.uniqueArray(fc.tuple(index, value), { maxLength: 3, selector: ([name]) => name })

const verb = <D extends Ask['do']>(name: D) => fc.constant(name)

const load = fc
  .record({
    do: verb('load'),
    id: index,
    seal: seldom(mark),
    holds: seldom(holds),
    touch: often(touch),
    prolong: seldom(fc.record({ fromMs: mostly(30 * minute, fc.constantFrom(...someMs)), toMs: idleMs })),
  })
  .map(defined)

export const createOf = (id: fc.Arbitrary<number>): fc.Arbitrary<Ask> =>
  fc
    .record({
      do: verb('create'),
      id,
      seal: mark,
      life: fc.record({ idleMs, endsIn }),
      touch: seldom(touch),
      principal: often(index),
      description: seldom(description),
      createdAgo: seldom(fc.constantFrom(...someMs)),
      ownedAgo: seldom(fc.constantFrom(...someMs)),
      replaced: seldom(mark),
      set: often(set),
    })
    .map(defined)

/** Attributes are what most updates change; few end a record. */
const weights: { readonly [Name in keyof Update]?: number } = { set: 9, ending: 1 }

/** Up to four of its members. */
const update = fc
  .tuple(index, fc.array(memberOfUpdate(), { maxLength: 4 }))
  .map(([id, members]): Ask => Object.assign({ do: 'update' as const, id }, ...members))

/** More than one check fails, so that their order shows. */
const checked = fc
  .record({
    do: verb('update'),
    id: index,
    ifVersion: often(fc.constantFrom<Holds>('present', 'earlier', 'never')),
    reseal: often(fc.record({ from: fc.constantFrom(...marks), to: mark, replaced: mark })),
    lockToken: seldom(mark),
    set: often(set),
  })
  .map(defined)

/** Luck seldom empties a record. */
const empty = fc
  .tuple(
    index,
    fc.constantFrom<Update>({ clear: [], principal: null }, { unset: [0, 1, 2], principal: null }, { clear: [] }),
  )
  .map(([id, removal]): Ask => ({ do: 'update', id, dropIfEmpty: true, ...removal }))

const claimNumbers = (most: number) => fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: most })

/** Each concerns at most so many records. If it is one, the call happens at one moment. */
export const asksOfRecords = (most: number): fc.WeightedArbitrary<Ask>[] => [
  { weight: 10, arbitrary: load },
  { weight: 6, arbitrary: createOf(index) },
  { weight: 20, arbitrary: update },
  { weight: 4, arbitrary: checked },
  { weight: 4, arbitrary: empty },
  { weight: 5, arbitrary: fc.record({ do: verb('lock'), id: index, token: mark, leaseMs }) },
  { weight: 4, arbitrary: fc.record({ do: verb('unlock'), id: index, token: mark }) },
  { weight: 6, arbitrary: fc.record({ do: verb('claim'), id: index, limit: fc.constant(1), leaseMs }) },
  { weight: 4, arbitrary: fc.record({ do: verb('claim'), limit: fc.integer({ min: 1, max: most }), leaseMs }) },
  { weight: 4, arbitrary: fc.record({ do: verb('renew'), claims: claimNumbers(most), leaseMs }) },
  { weight: 8, arbitrary: fc.record({ do: verb('settle'), claims: claimNumbers(most) }) },
]

const listing = fc.record({
  do: fc.constantFrom<'list' | 'page'>('list', 'page'),
  limit: fc.integer({ min: 1, max: 4 }),
  principal: often(index),
})

export const asksOfAll: fc.WeightedArbitrary<Ask>[] = [
  { weight: 6, arbitrary: listing.map(defined) },
  { weight: 2, arbitrary: fc.record({ do: verb('count') }) },
  { weight: 1, arbitrary: fc.record({ do: verb('restart') }) },
]

function memberOfUpdate(): fc.Arbitrary<Update> {
  const members: { readonly [Name in keyof Update]-?: fc.Arbitrary<Update[Name]> } = {
    touch,
    set,
    clear: fc.uniqueArray(index, { maxLength: 2 }),
    unset: fc.array(index, { maxLength: 3 }),
    dropIfEmpty: fc.boolean(),
    life: fc.record({ idleMs: often(idleMs), endsIn: often(endsIn) }).map(defined),
    reseal: fc.record({ from: mark, to: mark, replaced: mark }),
    principal: fc.option(index),
    description: fc.option(description),
    ending: fc.constantFrom('logout', ''),
    ifVersion: holds,
    lockToken: mark,
  }
  const each = Object.entries(members).map(([name, arbitrary]: [string, fc.Arbitrary<unknown>]) => ({
    weight: weights[name as keyof Update] ?? 3,
    arbitrary: arbitrary.map((member): Update => ({ [name]: member })),
  }))
  return fc.oneof(...each)
}
