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

/** The driver that keeps records and objects in the memory of this process, until it ends. */
export const memory = defineDriver({
  name: 'memory',
  options: memoryOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const { MemoryDriver } = await import('./driver.js')
    return new MemoryDriver(capabilities, options, environment)
  },
})
