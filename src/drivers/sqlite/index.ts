import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { sqliteOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'host',
  durable: true,
  exactCount: true,
  notices: 'none',
  localReads: true,
  locks: true,
  clock: false,
  objects: true,
}

/**
 * The driver that keeps records and objects in an SQLite file, which all processes of this host may share. Needs the
 * package libsql.
 */
export const sqlite = defineDriver({
  name: 'sqlite',
  options: sqliteOptions,
  capabilities: () => capabilities,
  ddl: async (options) => (await import('./schema.js')).ddl(options),
  async create(options, environment) {
    const [{ clientFor }, { SqliteDriver }] = await Promise.all([import('./client.js'), import('./driver.js')])
    return new SqliteDriver(capabilities, options, await clientFor(environment.cache), environment)
  },
})
