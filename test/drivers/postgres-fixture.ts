import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { postgres } from '../../src/drivers/postgres/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'

const environment = { cache: 'shared', directory: '/', onEvicted() {} }

export const createPostgres = (options: object): Promise<Driver> =>
  postgres.create(postgres.options.parse(options), environment)

/** A driver that is closed when the test ends. */
export async function openPostgres(options: object): Promise<Driver> {
  const driver = await createPostgres(options)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** An empty space, under a prefix of its own unless the options name one. */
export async function emptySpace(options: object): Promise<TestSpace> {
  return new TestSpace('shop:session', await openPostgres({ prefix: `${randomUUID()}:`, ...options }))
}
