import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { mongodb } from '../../src/drivers/mongodb/index.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'

export const createMongodb = (options: object, deployment: Readonly<Record<string, string>> = {}): Promise<Driver> =>
  mongodb.create(mongodb.options.parse(options), { cache: 'shared', directory: '/', deployment, onEvicted() {} })

/** A driver that is closed when the test ends. */
export async function openMongodb(options: object, deployment?: Readonly<Record<string, string>>): Promise<Driver> {
  const driver = await createMongodb(options, deployment)
  await driver.open()
  onTestFinished(() => driver.close())
  return driver
}

export const freshPrefix = (): string => `${randomUUID().slice(0, 8)}:`

/** An empty space, under a prefix of its own unless the options name one. */
export async function emptySpace(options: object): Promise<TestSpace> {
  return new TestSpace('shop:session', await openMongodb({ prefix: freshPrefix(), ...options }))
}
