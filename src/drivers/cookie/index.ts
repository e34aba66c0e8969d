import type { Capabilities } from '../../storage/contract.js'
import { defineSealing } from '../definition.js'
import { cookieOptions } from './options.js'

const capabilities: Capabilities = {
  reach: 'network',
  durable: true,
  exactCount: false,
  notices: 'none',
  locks: false,
  clock: false,
  objects: false,
}

/** No store: each record is in the cookie of its visitor, sealed. */
export const cookie = defineSealing({
  name: 'cookie',
  options: cookieOptions,
  capabilities: () => capabilities,
  sealing: (options) => options,
})
