import { randomUUID } from 'node:crypto'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import { fixtureOf } from './fixture.js'

/** Shorter than elsewhere, because the names of collections are. */
export const freshPrefix = (): string => `${randomUUID().slice(0, 8)}:`

export const {
  create: createMongodb,
  open: openMongodb,
  visit: visitMongodb,
  emptySpace,
} = fixtureOf(mongodb, freshPrefix)
