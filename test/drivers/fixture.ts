import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { Driver } from '../../src/storage/contract.js'
import { TestSpace } from '../../src/testing/suite/test-space.js'

type Deployment = Readonly<Record<string, string>>

/** What tests of a driver on a server begin with. `freshPrefix`: of which no other test has the like. */
export function fixtureOf<Options>(definition: DriverDefinition<Options>, freshPrefix = () => `${randomUUID()}:`) {
  const create = (options: object, deployment: Deployment = {}): Promise<Driver> => {
    const environment = { cache: 'shared', directory: '/', deployment, onEvicted() {} }
    return definition.create(definition.options.parse(options), environment)
  }
  /** A driver that is closed when the test ends. */
  const open = async (options: object, deployment?: Deployment): Promise<Driver> => {
    const driver = await create(options, deployment)
    await driver.open()
    onTestFinished(() => driver.close())
    return driver
  }
  /** A driver of an operator's process, which is no node; closed when the test ends. */
  const visit = async (options: object): Promise<Driver> => {
    const environment = { cache: 'shared', directory: '/', isVisit: true, onEvicted() {} }
    const driver = await definition.create(definition.options.parse(options), environment)
    await driver.open()
    onTestFinished(() => driver.close())
    return driver
  }
  /** An empty space, under a prefix of its own unless the options name one. */
  const emptySpace = async (options: object): Promise<TestSpace> =>
    new TestSpace('shop:session', await open({ prefix: freshPrefix(), ...options }))
  return { create, open, visit, emptySpace }
}
