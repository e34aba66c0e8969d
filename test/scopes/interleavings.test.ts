import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run, type Variant } from './interleaving/run.js'
import { scenario } from './interleaving/script.js'

/** To repeat a failure: INTERLEAVINGS_SEED=<the seed it printed>. For a longer search: INTERLEAVINGS=100000. */
const { INTERLEAVINGS_SEED: seed, INTERLEAVINGS: runs = '10000' } = process.env

const variants: Record<string, Variant> = {
  'cluster: true, on two nodes': { nodes: 2, config: { cluster: true } },
  'cluster: true, on one node': { nodes: 1, config: { cluster: true } },
  'cluster: false, on two nodes': { nodes: 2, config: { cluster: false } },
  'cluster: false, on one node': { nodes: 1, config: { cluster: false } },
  'cluster: false, backup: behind, on one node': { nodes: 1, config: { cluster: false, backup: 'behind' } },
}

describe.each(Object.entries(variants))('two requests at once, %s', (_, variant) => {
  it('lose no update and revive nothing, in whatever order they and the store go on', {
    timeout: 600_000,
  }, async () => {
    const property = fc.asyncProperty(scenario, (each) => run(variant, each))
    await fc.assert(property, { numRuns: Number(runs), ...(seed && { seed: Number(seed) }) })
  })
})
