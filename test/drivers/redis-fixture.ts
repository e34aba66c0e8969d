import { redis } from '../../src/drivers/redis/index.js'
import { fixtureOf } from './fixture.js'

export const { create: createRedis, open: openRedis, emptySpace } = fixtureOf(redis)
