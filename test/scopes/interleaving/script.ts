import fc from 'fast-check'
import type { Fate } from './observed-space.js'

const names = ['a', 'b', 'c'] as const
export type Name = (typeof names)[number]

/** What one request does in one go. Nothing else runs within a step except where it waits for the store. */
export type Step =
  | { readonly do: 'read'; readonly name: Name }
  | { readonly do: 'write'; readonly name: Name }
  | { readonly do: 'change inside'; readonly name: Name }
  | { readonly do: 'remove'; readonly name: Name }
  | { readonly do: 'commit' }
  | { readonly do: 'rotate' }
  | { readonly do: 'invalidate' }
  | { readonly do: 'reload' }

/** Two requests of one visitor, and who goes on when: at each turn, this one of those that can. */
export interface Scenario {
  readonly stored: readonly Name[]
  readonly first: readonly Step[]
  readonly second: readonly Step[]
  readonly schedule: readonly number[]
  /** What becomes of each save in turn; those beyond are answered. */
  readonly fates: readonly Fate[]
}

const ofName = <D extends Step['do']>(verb: D) => fc.record({ do: fc.constant(verb), name: fc.constantFrom(...names) })
const alone = <D extends Step['do']>(verb: D) => fc.constant({ do: verb })

const steps: fc.WeightedArbitrary<Step>[] = [
  { weight: 2, arbitrary: ofName('read') },
  { weight: 3, arbitrary: ofName('write') },
  { weight: 4, arbitrary: ofName('change inside') },
  { weight: 3, arbitrary: ofName('remove') },
  { weight: 3, arbitrary: alone('commit') },
  { weight: 2, arbitrary: alone('rotate') },
  { weight: 1, arbitrary: alone('invalidate') },
]
const reload: fc.WeightedArbitrary<Step> = { weight: 1, arbitrary: alone('reload') }

export interface Choices {
  readonly withReload: boolean
  readonly withLosses: boolean
}

export function scenarios({ withReload, withLosses }: Choices): fc.Arbitrary<Scenario> {
  const step = fc.oneof(...steps, ...(withReload ? [reload] : []))
  const script = fc.array(step, { minLength: 1, maxLength: 6, size: 'max' })
  return fc.record({
    stored: fc.subarray([...names], { minLength: 1 }),
    first: script,
    second: script,
    schedule: fc.array(fc.nat({ max: 5 }), { maxLength: 40, size: 'max' }),
    fates: fc.array(fc.constantFrom<Fate>('answered', 'lost', 'dropped'), { maxLength: withLosses ? 10 : 0 }),
  })
}
