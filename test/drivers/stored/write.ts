/**
 * Prints what a version of a driver stores, as the files beside this one have it. Before a change of a layout, the file of the present
 * one is kept under a new name, and this writes the next: `npx tsx test/drivers/stored/write.ts redis > test/drivers/stored/redis.json`.
 * A second argument names the `src` of another version, such as one from `git archive`, which lacks descriptions.
 */

import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DriverDefinition } from '../../../src/drivers/definition.js'
import type { Driver } from '../../../src/storage/contract.js'
import { type DriverName, places, withDriver, writeObject } from './places.js'
import { spaceName, writeClaim, writeDescriptions, writeRecords } from './records.js'

const [name = 'redis', source = 'src'] = process.argv.slice(2)
const isPresent = source === 'src'
const module = await import(pathToFileURL(resolve(join(source, 'drivers', name, 'index.ts'))).href)
const definition = module[name] as DriverDefinition<never>

async function contentAfter(write: (driver: Driver) => Promise<unknown>): Promise<readonly string[]> {
  const { options, stop, store } = await places[name as DriverName]()
  await withDriver(definition as DriverDefinition, options, write)
  return store.content().finally(stop)
}

const spaceOf = (driver: Driver) => driver.space(spaceName, { endGraceMs: 7 * 86_400_000 })
const records = await contentAfter(async (driver) => {
  await writeRecords(spaceOf(driver))
  if (isPresent) await writeDescriptions(spaceOf(driver))
  await writeObject(driver)
})
const claim = await contentAfter((driver) => writeClaim(spaceOf(driver)))
/** SQLite has its statements in the file. */
const ddlOptions = { postgres: {}, mariadb: { database: 'any' } }[name]
const ddl = ddlOptions && (await definition.ddl?.(definition.options.parse(ddlOptions)))
process.stdout.write(`${JSON.stringify({ ...(ddl && { ddl }), records, claim }, null, 2)}\n`)
