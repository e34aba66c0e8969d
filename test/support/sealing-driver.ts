import type { DriverDefinition } from '../../src/drivers/definition.js'
import { SealingDriver } from '../../src/storage/sealing/sealing-driver.js'
import { newKey } from './sealed-site.js'

/** The same driver, whose store gets sealed values. */
export function sealing<Options>(definition: DriverDefinition<Options>): DriverDefinition<Options> {
  const encryption = { keys: [newKey()], plain: 'refuse' } as const
  return {
    ...definition,
    name: `${definition.name}, sealed`,
    create: async (options, environment) =>
      new SealingDriver(await definition.create(options, environment), encryption),
  }
}
