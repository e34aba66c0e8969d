import type { DriverDefinition } from '../../src/drivers/definition.js'
import { redis } from '../../src/drivers/redis/index.js'
import type { TravellingClock } from './travelling-clock.js'

/** Redis, where time passes as it does by this clock, which is so many milliseconds wrong. */
export const travellingRedis = (clock: TravellingClock, skew = 0): DriverDefinition => ({
  ...redis,
  async create(options, environment) {
    const driver = await redis.create(redis.options.parse(options), environment)
    const health = driver.health.bind(driver)
    driver.health = async (call) => {
      const { storeTime, ...told } = await health(call)
      return { ...told, ...(storeTime !== undefined && { storeTime: storeTime + clock.ahead - skew }) }
    }
    return driver
  },
})
