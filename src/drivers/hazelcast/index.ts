import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { secretOf } from '../network/secret.js'
import { hazelcastOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: false,
  notices: 'all',
  locks: true,
  clock: false,
  objects: true,
}

/**
 * The driver that keeps records and objects in the maps of a Hazelcast cluster, as a client of it. They live in the memory
 * of the members: they survive the loss of as many members as there are backups, and no restart of all. Needs the package
 * hazelcast-client.
 */
export const hazelcast = defineDriver({
  name: 'hazelcast',
  options: hazelcastOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const [{ libraryFor }, { HazelcastDriver }] = await Promise.all([import('./library.js'), import('./driver.js')])
    const password = secretOf(options, environment)
    return new HazelcastDriver(capabilities, { ...options, password }, await libraryFor(environment.cache), environment)
  },
})
