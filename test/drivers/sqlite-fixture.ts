import { sqlite } from '../../src/drivers/sqlite/index.js'
import { driversOf } from './embedded-fixture.js'

export { bytes, creation, folder, now, remove } from './embedded-fixture.js'
/** The name of the file in its folder. */
export const file = 'scopes.db'
export const { opened, unopened } = driversOf(sqlite, file)
