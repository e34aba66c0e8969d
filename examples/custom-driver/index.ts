import { resolve } from 'node:path'
import { type Capabilities, defineDriver, z } from 'koa-scopes'

const capabilities: Capabilities = {
  reach: 'process',
  durable: true,
  exactCount: true,
  notices: 'none',
  locks: true,
  clock: false,
  objects: false,
}

/** One JSON file per record: easy to read, for one process and a few thousand records. */
export const jsonFiles = defineDriver({
  name: 'json-files',
  options: z.strictObject({
    /** The folder; created if missing. Relative to the configuration file. */
    path: z.string().min(1),
  }),
  capabilities: () => capabilities,
  async create({ path }, { cache, directory }) {
    const { JsonFilesDriver } = await import('./driver.js')
    return new JsonFilesDriver(capabilities, resolve(directory, path), cache)
  },
})
