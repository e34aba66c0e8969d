import type { Capabilities } from '../../storage/contract.js'
import { defineDriver } from '../definition.js'
import { lmdbOptions } from './options.js'

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

/** The driver that keeps records and objects in an LMDB file, which all processes of this host may share. */
export const lmdb = defineDriver({
  name: 'lmdb',
  options: lmdbOptions,
  capabilities: () => capabilities,
  async create(options, environment) {
    const { LmdbDriver } = await import('./driver.js')
    return new LmdbDriver(capabilities, options, environment)
  },
})
