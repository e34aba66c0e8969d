import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'

const environment = { cache: 'shared', directory: '/', onEvicted() {} }

export const createRedis = (options: object): Promise<Driver> => redis.create(redis.options.parse(options), environment)

/** A driver that is closed when the test ends. */
export async function openRedis(options: object): Promise<Driver> {
  const driver = await createRedis(options)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

/** An empty space, under a prefix of its own unless the options name one. */
export async function emptySpace(options: object): Promise<TestSpace> {
  return new TestSpace('shop:session', await openRedis({ prefix: `${randomUUID()}:`, ...options }))
}
