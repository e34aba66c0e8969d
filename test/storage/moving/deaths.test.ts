import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { attributes, textsOf } from '../../../src/testing/suite/test-space.js'
import { type MovingNode, TwoStores } from './two-stores.js'

/** DEATHS runs more or fewer; DEATHS_SEED repeats a failure with the seed it printed. */
const { DEATHS: runs = '2000', DEATHS_SEED: seed } = process.env

/** All nodes of a phase move records the same way, and all die at its end. */
interface Phase {
  readonly direction: 'forth' | 'back'
  /** Which node goes on, and past how many points, one after the other. */
  readonly runs: readonly Run[]
  /** How much time passes until the next phase. */
  readonly passMs: number
}

interface Run {
  readonly node: number
  readonly points: number
}

const run: fc.Arbitrary<Run> = fc.record({ node: fc.nat(2), points: fc.integer({ min: 1, max: 24 }) })

const phasesOf = (direction: Phase['direction']): fc.Arbitrary<readonly Phase[]> =>
  fc.array(
    fc.record({
      direction: fc.constant(direction),
      runs: fc.array(run, { maxLength: 8 }),
      passMs: fc.constantFrom(1, 1_500, 7_000),
    }),
    { maxLength: 3 },
  )

/** Forth and then back. A third way would meet what docs/growing.md says of a node that dies after others have overtaken it. */
const phases = fc.tuple(phasesOf('forth'), phasesOf('back')).map((both) => both.flat())

/** A record that moves, and the values of its cart that may be found. */
class World {
  readonly stores = new TwoStores()
  #possible: string[] = ['1']
  #changes = 1

  get possible(): readonly string[] {
    return this.#possible
  }

  async play({ direction, passMs, runs }: Phase): Promise<void> {
    const nodes = [0, 1, 2].map(() => this.stores.node(direction))
    for (const { calls } of nodes) calls.holdEvery()
    const [first, second, third] = nodes as [MovingNode, MovingNode, MovingNode]
    void this.#change(first)
    void this.stores.load(second.space, 'a')
    void this.stores.sweep(third.space)
    for (const { node, points } of runs) {
      for (let point = 0; point < points; point += 1) {
        await turn()
        this.stores.clock.jump(1)
        nodes[node]?.calls.waiting[0]?.open()
      }
    }
    await turn()
    this.stores.clock.jump(passMs)
  }

  /** As a request whose answer may not arrive. */
  async #change({ space }: MovingNode): Promise<void> {
    this.#changes += 1
    const cart = String(this.#changes)
    this.#possible = [...this.#possible, cart]
    const { status } = await this.stores.update(space, 'a', {
      set: attributes({ cart }),
      touch: { touchedAt: 0, hits: 1 },
    })
    if (status === 'saved') this.#possible = [cart]
  }
}

it('a record outlives nodes that die at any moment while they move it, forth and back, with its last change', {
  timeout: 600_000,
}, async () => {
  const property = fc.asyncProperty(phases, async (script) => {
    const world = new World()
    const { stores } = world
    await stores.begin('a')
    for (const phase of script) await world.play(phase)
    stores.clock.jump(70_000)
    const { space } = stores.node('back')
    expect(await stores.sweep(space)).toEqual([])
    const found = await stores.stored('a', space)
    expect(world.possible).toContain(new Map(textsOf(found)).get('cart'))
  })
  await fc.assert(property, { numRuns: Number(runs), ...(seed && { seed: Number(seed) }) })
})
