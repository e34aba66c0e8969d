import { lmdb } from '../../src/drivers/lmdb/index.js'
import { driversOf } from './embedded-fixture.js'

export { bytes, creation, folder, now, remove } from './embedded-fixture.js'
export const { opened, unopened } = driversOf(lmdb, '.')
