import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { type PostgresOptions, postgresOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: true,
  notices: 'all',
  locks: true,
  clock: true,
  objects: true,
}

/** A pooler gives each transaction any connection, so none can listen through it. */
const capabilitiesOf = ({ pooler, listen }: PostgresOptions): Capabilities =>
  pooler === 'transaction' && listen === undefined ? { ...capabilities, notices: 'none' } : capabilities

/** The driver that keeps records and objects in PostgreSQL for all nodes. Needs the package pg. */
export const postgres = defineDriver({
  name: 'postgres',
  options: postgresOptions,
  capabilities: capabilitiesOf,
  ddl: async (options) => (await import('./schema.js')).ddl(options),
  async create(options, environment) {
    const [{ importPg }, { PostgresDriver }] = await Promise.all([import('./client.js'), import('./driver.js')])
    return new PostgresDriver(capabilitiesOf(options), options, await importPg(environment.cache), environment)
  },
})
