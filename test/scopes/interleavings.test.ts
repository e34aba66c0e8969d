import fc from 'fast-check'
import { describe, it } from 'vitest'
import { scenarios } from './interleaving/script.js'
import { judge } from './interleaving/verdict.js'
import { isShared, type Variant, World } from './interleaving/world.js'

/** INTERLEAVINGS_SEED repeats a failure with the seed it printed; INTERLEAVINGS runs more or fewer of each variant. */
const { INTERLEAVINGS_SEED: seed, INTERLEAVINGS: runs = '800' } = process.env

const memoryFirst = { cluster: false, whenUnavailable: 'local' } as const

const variants: Record<string, Variant> = {
  'cluster: true, on two nodes': { nodes: 2, settings: { cluster: true } },
  'cluster: true, on one node': { nodes: 1, settings: { cluster: true } },
  'cluster: false, on two nodes': { nodes: 2, settings: memoryFirst },
  'cluster: false, on one node': { nodes: 1, settings: memoryFirst },
  'cluster: false, on two nodes that ask at every request': { nodes: 2, asksEachRequest: true, settings: memoryFirst },
  'cluster: false, on one node that asks at every request': { nodes: 1, asksEachRequest: true, settings: memoryFirst },
  'cluster: false, on one node that asks at every request, backup: behind': {
    nodes: 1,
    asksEachRequest: true,
    settings: { ...memoryFirst, backup: 'behind' },
  },
  'cluster: false, on one node, answers get lost': { nodes: 1, settings: memoryFirst, isLossy: true },
  'cluster: false, on one node, backup: behind': { nodes: 1, settings: { ...memoryFirst, backup: 'behind' } },
  'cluster: false, on one node, whenUnavailable: fail': {
    nodes: 1,
    settings: { ...memoryFirst, whenUnavailable: 'fail' },
  },
}

describe('two requests at once lose no update and revive nothing, in whatever order they and the store go on', () => {
  it.each(Object.entries(variants))('%s', { timeout: 600_000 }, async (_, variant) => {
    const choices = { withReload: !isShared(variant), withLosses: variant.isLossy === true }
    const property = fc.asyncProperty(scenarios(choices), async (scenario) => {
      const world = new World(variant)
      await world.play(scenario)
      await judge(world)
    })
    await fc.assert(property, { numRuns: Number(runs), ...(seed && { seed: Number(seed) }) })
  })
})
