import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { judgeContent } from './content.js'
import { places, stopPlaces } from './places.js'
import { collisions, type Script, sequences } from './script.js'
import { type Place, Store } from './store.js'
import { World } from './world.js'

/** MODEL multiplies the runs. MODEL_SEED and MODEL_PATH, which a failure prints, repeat it. */
const { MODEL: times = '1', MODEL_SEED: seed, MODEL_PATH: path } = process.env

/** How many scripts of each kind, so that the file takes some 15 seconds. */
const runs: Record<keyof typeof places, number> = {
  memory: 200,
  'the map of the example': 100,
  'two spaces on one table': 200,
  'JSON files of the example': 40,
  lmdb: 80,
  'lmdb, sealed': 20,
  sqlite: 120,
  postgres: 60,
  redis: 200,
  'redis cluster': 40,
  mariadb: 30,
  'mongodb, or its stand-in': 60,
  hazelcast: 20,
  'hazelcast with its jar': 30,
  'hazelcast, a node that uses the jar and one that does not': 30,
}

afterAll(stopPlaces)

/** The same script with whole numbers only. */
const withWholeTimes = (script: Script): Script =>
  JSON.parse(JSON.stringify(script), (_, value) => (typeof value === 'number' ? Math.ceil(value) : value))

describe.each(Object.entries(places))('%s answers as the contract says', (name, openPlace) => {
  let store: Store
  beforeAll(async () => {
    store = await Store.open((await openPlace()) as Place)
  })
  afterAll(() => store.close())

  const check = (scripts: fc.Arbitrary<Script>) => {
    const property = fc.asyncProperty(scripts, async (drawn) => {
      const { cast, rounds } = store.wholeMs ? withWholeTimes(drawn) : drawn
      const world = new World(store, cast)
      for (const steps of rounds) await world.play(steps)
      await judgeContent(world)
    })
    const numRuns = Math.ceil(runs[name as keyof typeof places] * Number(times))
    return fc.assert(property, { numRuns, ...(seed && { seed: Number(seed) }), ...(path && { path }) })
  }

  it('to one call after the other', { timeout: 600_000 }, () => check(sequences))

  it('to some calls at once, in one order or another', { timeout: 600_000 }, ({ skip }) => {
    // Seen: a version from before another command, with the attributes from after it.
    skip(store.wholeMs, 'the stand-in returns documents while another command changes them')
    return check(collisions)
  })
})
