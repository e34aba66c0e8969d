import { afterAll, describe, expect, it } from 'vitest'
import type { Fault } from '../faults/faults.js'
import { run } from '../faults/run.js'
import { redisFaults, singleRedis } from '../faults/stores/redis.js'
import type { Topology } from '../faults/topology.js'
import { World } from '../faults/world.js'

const world = await World.start(await singleRedis())
afterAll(() => world.stop())

/** `npm run soak:faults` has more of them, and measures. */
const some: readonly Fault<Topology>[] = [
  redisFaults['cut-reply'],
  redisFaults.stop,
  redisFaults.kill,
  redisFaults.full,
]

describe('46. 50 visitors on four nodes', () => {
  it.each(some)('lose nothing, and stay who they are: $title', async (fault) => {
    const { log, verdict } = await run(world, fault, 1)
    expect(log.length).toBeGreaterThan(100)
    expect(verdict).toMatchObject({ lost: [], foreign: [], revived: [], reopened: [] })
  })
})
