import { checkDefinitions, checkMounts } from './applications.js'
import type { Check, Finding, Subject } from './check.js'
import { checkCookieAttributes, checkCookieNames } from './cookies.js'
import { checkStorage } from './storage.js'

const checks: readonly Check[] = [checkDefinitions, checkMounts, checkStorage, checkCookieNames, checkCookieAttributes]

export function findings(subject: Subject): Finding[] {
  return checks.flatMap((check) => [...check(subject)])
}
