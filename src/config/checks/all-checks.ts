import { checkAdmin } from './admin.js'
import { checkDefinitions, checkMounts } from './applications.js'
import { checkCarriers } from './carriers.js'
import type { Check, CheckProblem, Subject } from './check.js'
import { checkCookieAttributes, checkCookieNames } from './cookies.js'
import { checkEncryption } from './encryption.js'
import { checkModes } from './modes.js'
import { checkSealed } from './sealed.js'
import { checkServer } from './server.js'
import { checkStorage } from './storage.js'

const checks: readonly Check[] = [
  checkServer,
  checkAdmin,
  checkDefinitions,
  checkMounts,
  checkStorage,
  checkModes,
  checkSealed,
  checkEncryption,
  checkCookieNames,
  checkCookieAttributes,
  checkCarriers,
]

/** The problems that all checks find, in the order of the checks. */
export function problemsIn(subject: Subject): CheckProblem[] {
  return checks.flatMap((check) => [...check(subject)])
}
