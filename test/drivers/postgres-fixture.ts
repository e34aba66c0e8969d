import { postgres } from '../../src/drivers/postgres/index.js'
import { fixtureOf } from './fixture.js'

export const { create: createPostgres, open: openPostgres, emptySpace } = fixtureOf(postgres)
