import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { mariadb } from '../../src/drivers/mariadb/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'

const environment = { cache: 'shared', directory: '/', onEvicted() {} }

export const createMariadb = (options: object): Promise<Driver> =>
  mariadb.create(mariadb.options.parse(options), environment)

/** A driver that is closed when the test ends. */
export async function openMariadb(options: object): Promise<Driver> {
  const driver = await createMariadb(options)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** An empty space, under a prefix of its own unless the options name one. */
export async function emptySpace(options: object): Promise<TestSpace> {
  return new TestSpace('shop:session', await openMariadb({ prefix: `${randomUUID()}:`, ...options }))
}
