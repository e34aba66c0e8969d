import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { CallOptions } from '../../src/storage/contract.js'

/** A driver without the server's time, which stands for no node's when tests move theirs, and without warnings of how the server is set. */
export const timeless = <Options>(definition: DriverDefinition<Options>): DriverDefinition => ({
  ...definition,
  capabilities: (options) => ({ ...definition.capabilities(options as Options), clock: false }),
  create: async (options, environment) => {
    const driver = await definition.create(definition.options.parse(options), environment)
    const health = driver.health.bind(driver)
    return Object.assign(driver, {
      capabilities: { ...driver.capabilities, clock: false },
      health: async (options: CallOptions) => ({ ...(await health(options)), warnings: [] }),
    })
  },
})
