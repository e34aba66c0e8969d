import { attributeCases } from './suite/attributes.js'
import { claimCases } from './suite/claims.js'
import { createCases } from './suite/create.js'
import { descriptionCases } from './suite/descriptions.js'
import { durabilityCases } from './suite/durability.js'
import { endCases } from './suite/end.js'
import type { DriverHarness } from './suite/harness.js'
import { lifeCases } from './suite/life.js'
import { listCases } from './suite/list.js'
import { loadCases } from './suite/load.js'
import { lockCases } from './suite/locks.js'
import { noticeCases } from './suite/notices.js'
import { objectCases } from './suite/objects.js'
import { principalCases } from './suite/principals.js'
import type { TestRunner } from './suite/runner.js'
import { sharingCases } from './suite/sharing.js'
import { spaceCases } from './suite/spaces.js'
import { StoreUnderTest } from './suite/store-under-test.js'
import { Suite } from './suite/suite.js'
import { updateCases } from './suite/update.js'

const subjects = [
  createCases,
  loadCases,
  updateCases,
  attributeCases,
  lifeCases,
  endCases,
  claimCases,
  listCases,
  principalCases,
  descriptionCases,
  spaceCases,
  lockCases,
  objectCases,
  noticeCases,
  sharingCases,
  durabilityCases,
]

/**
 * Registers every case of the driver contract with the test runner. A driver that passes all cases keeps the contract.
 * Cases for capabilities that the driver lacks are skipped, with the reason in the title.
 */
export function driverSuite<Options>(runner: TestRunner, harness: DriverHarness<Options>): void {
  const store = new StoreUnderTest(harness)
  const suite = new Suite(runner, store)
  runner.describe(`the driver ${harness.definition.name}`, () => {
    runner.afterAll(() => store.remove())
    for (const casesOf of subjects) casesOf(suite)
  })
}
