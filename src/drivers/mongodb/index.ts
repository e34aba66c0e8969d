import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { mongodbOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: true,
  notices: 'none',
  locks: true,
  clock: true,
  objects: true,
}

/** The driver that keeps records and objects in MongoDB for all nodes. Needs the package mongodb. */
export const mongodb = defineDriver({
  name: 'mongodb',
  options: mongodbOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const [{ serversOf }, { MongodbDriver }] = await Promise.all([import('./servers.js'), import('./driver.js')])
    const connect = await serversOf(options, environment.directory, environment.cache)
    return new MongodbDriver(capabilities, options, connect, environment)
  },
})
