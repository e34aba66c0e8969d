import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { memoryOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'process',
  durable: false,
  exactCount: true,
  notices: 'none',
  locks: true,
  clock: false,
  objects: true,
}

/** Holds everything in this process, for as long as it runs. */
export const memory = defineDriver({
  name: 'memory',
  options: memoryOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const { MemoryDriver } = await import('./driver.js')
    return new MemoryDriver(capabilities, options, environment)
  },
})
