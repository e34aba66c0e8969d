import type { DriverDefinition } from '../../src/drivers/definition.js'
import { MemoryDriver } from '../../src/drivers/memory/driver.js'
import { memory } from '../../src/drivers/memory/index.js'
import { memoryOptions } from '../../src/drivers/memory/options.js'

const capabilities = { ...memory.capabilities({ maxEntries: 1 }), reach: 'network', durable: true } as const

/** A `memory` that several containers of this process open as nodes of one cluster, and that outlives them all. */
export function sharedMemory(): DriverDefinition {
  const options = memoryOptions.parse({})
  const driver = new MemoryDriver(capabilities, options, { cache: 'store', directory: '.', onEvicted() {} })
  driver.close = async () => {}
  return { name: 'memory', options: memoryOptions, capabilities: () => capabilities, create: async () => driver }
}
