import fc from 'fast-check'
import type { Ask } from './ask.js'
import { asksOfAll, asksOfRecords, createOf, someMs } from './asks.js'
import { mostly } from './chance.js'
import { type Cast, casts } from './odd-texts.js'

export interface Step {
  /** Which node makes the call. */
  readonly node: number
  /** How long after the step before; less than 0 when all clocks were set back. */
  readonly pass: number
  readonly ask: Ask
}

/** Steps of one round are under way at the same time. */
export interface Script {
  readonly cast: Cast
  readonly rounds: readonly (readonly Step[])[]
}

const passes = fc.constantFrom(...someMs, 0.5, -1, -1_000, -60_000)

const stepOf = (asks: readonly fc.WeightedArbitrary<Ask>[]): fc.Arbitrary<Step> =>
  fc.record({ node: fc.nat({ max: 2 }), pass: mostly(0, passes), ask: fc.oneof(...asks) })

const oneByOne = (step: fc.Arbitrary<Step>, maxLength: number) =>
  fc.array(
    step.map((only) => [only]),
    { maxLength, size: 'max' },
  )

/** Most calls say no more than `missing` where nothing was created. */
const first = fc.tuple(...[0, 1, 2].map((id) => stepOf([{ weight: 1, arbitrary: createOf(fc.constant(id)) }])))

/** One call after the other. */
export const sequences: fc.Arbitrary<Script> = fc
  .record({ cast: casts(3), first, next: oneByOne(stepOf([...asksOfRecords(4), ...asksOfAll]), 37) })
  .map(({ cast, first, next }) => ({ cast, rounds: [...first.map((only) => [only]), ...next] }))

const single = stepOf(asksOfRecords(1))

/** Some calls one after the other, then some at once. */
export const collisions: fc.Arbitrary<Script> = fc
  .record({
    cast: casts(2),
    first,
    before: oneByOne(single, 5),
    rounds: fc.array(fc.array(single, { minLength: 2, maxLength: 4, size: 'max' }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ cast, first, before, rounds }) => ({ cast, rounds: [...first.map((only) => [only]), ...before, ...rounds] }))
