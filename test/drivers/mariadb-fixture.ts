import { mariadb } from '../../src/drivers/mariadb/index.js'
import { fixtureOf } from './fixture.js'

export const { create: createMariadb, open: openMariadb, emptySpace } = fixtureOf(mariadb)
