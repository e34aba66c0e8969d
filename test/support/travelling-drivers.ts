import type { DriverDefinition } from '../../src/drivers/definition.js'
import { mariadb } from '../../src/drivers/mariadb/index.js'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { postgres } from '../../src/drivers/postgres/index.js'
import { redis } from '../../src/drivers/redis/index.js'
import type { TravellingClock } from './travelling-clock.js'

/** The stores that tell their time, where it passes as it does by this clock, which is so many milliseconds wrong. */
export const travellingDrivers = (clock: TravellingClock, skew = 0): DriverDefinition[] =>
  [redis, postgres, mariadb, mongodb].map((definition) => ({
    ...definition,
    async create(options, environment) {
      const driver = await definition.create(definition.options.parse(options) as never, environment)
      const health = driver.health.bind(driver)
      driver.health = async (call) => {
        const { storeTime, ...told } = await health(call)
        return { ...told, ...(storeTime !== undefined && { storeTime: storeTime + clock.ahead - skew }) }
      }
      return driver
    },
  }))
