import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { redisOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: false,
  notices: 'all',
  locks: true,
  clock: true,
  objects: true,
}

/**
 * The driver that keeps records and objects in Redis or Valkey (one server, sentinels or a cluster) for all nodes.
 * Needs the package ioredis.
 */
export const redis = defineDriver({
  name: 'redis',
  options: redisOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const [{ serversOf }, { RedisDriver }] = await Promise.all([import('./servers.js'), import('./driver.js')])
    const connect = await serversOf(options, environment.directory, environment.cache)
    return new RedisDriver(capabilities, options, connect, environment)
  },
})
