import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { mariadbOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: true,
  notices: 'none',
  locks: true,
  clock: true,
  objects: true,
}

const driverNamed = (name: string) =>
  defineDriver({
    name,
    options: mariadbOptions,
    capabilities: () => capabilities,
    ddl: async (options) => (await import('./schema.js')).ddl(options),
    async create(options, environment) {
      const [{ connectorOf }, { MariadbDriver }] = await Promise.all([import('./connector.js'), import('./driver.js')])
      const connector = await connectorOf(options, environment)
      return new MariadbDriver(capabilities, options, connector, environment)
    },
  })

/** The driver that keeps records and objects in MariaDB or MySQL for all nodes. Needs the package mariadb. */
export const mariadb = driverNamed('mariadb')

/** The same driver under the name of MySQL. */
export const mysql = driverNamed('mysql')
