import type { DriverDefinition } from '../../src/drivers/definition.js'
import { redis } from '../../src/drivers/redis/index.js'

/** Redis without the server's time, which stands for no node's when tests move theirs. */
export const timelessRedis: DriverDefinition = {
  ...redis,
  create: async (options, environment) => {
    const driver = await redis.create(redis.options.parse(options), environment)
    return Object.assign(driver, { capabilities: { ...driver.capabilities, clock: false } })
  },
}
