/*
 * Checks of what a program passes where TypeScript did not look: only where a mistake would do harm, such as a list of
 * every session in place of one user's. Each throws TypeError.
 */
import { isPlainObject } from '../../support/plain-object.js'

/** To look for. One that no record can have only finds nothing, because it may have come with a request. */
export function checkSoughtPrincipal(principal: unknown): asserts principal is string {
  if (typeof principal !== 'string') throw new TypeError('A principal is a string; for a number write String(id)')
}

export function checkPrincipal(principal: unknown): asserts principal is string {
  checkSoughtPrincipal(principal)
  if (!principal.isWellFormed()) throw new TypeError('A principal is a string of well-formed Unicode')
  if (principal === '') throw new TypeError('A principal is not empty')
}

/** To look for, as checkSoughtPrincipal. */
export function checkSoughtId(id: unknown): asserts id is string {
  if (typeof id !== 'string') throw new TypeError('An id is a string')
}

export function checkId(id: unknown): asserts id is string {
  checkSoughtId(id)
  if (id === '') throw new TypeError('An id is not empty')
}

export function checkFunction(what: string, given: unknown): void {
  if (typeof given !== 'function') throw new TypeError(`${what} is a function`)
}

export function checkNumber(what: string, given: unknown): void {
  if (typeof given !== 'number' || !Number.isFinite(given)) throw new TypeError(`${what} is a finite number`)
}

export function checkNames(names: unknown): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string'))
    throw new TypeError('keep is an array of the names of attributes')
}

export function checkText(what: string, given: unknown): void {
  if (typeof given !== 'string') throw new TypeError(`${what} is a string`)
}

export function checkFlag(what: string, given: unknown): void {
  if (typeof given !== 'boolean') throw new TypeError(`${what} is true or false`)
}

export function checkWord<Word extends string>(what: string, given: unknown, words: readonly Word[]): void {
  if (!words.some((word) => word === given))
    throw new TypeError(`${what} is ${words.map((word) => `'${word}'`).join(' or ')}`)
}

/** The attributes of a record, by name. */
export function checkContent(content: unknown): void {
  if (!isPlainObject(content))
    throw new TypeError(
      'The content of a record is an object with its attributes, and no promise or instance of a class',
    )
}

/** A whole number from 1. */
export function checkCount(what: string, given: unknown): void {
  if (!Number.isSafeInteger(given) || Number(given) < 1) throw new TypeError(`${what} is a whole number from 1`)
}

/** The options of a call; a misspelt name is refused, because the call would do something else without it. */
export function checkedOptions<T extends object>(call: string, given: T, names: readonly (keyof T & string)[]): T {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`The options of ${call} are an object`)
  const unknown = Object.keys(given).find((name) => !names.some((known) => known === name))
  if (unknown !== undefined)
    throw new TypeError(`${call} has no option ${JSON.stringify(unknown)}; it has ${names.join(', ')}`)
  return given
}

const longestPage = 1_000

export function checkLimit(limit: unknown): void {
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > longestPage)
    throw new TypeError(`A limit is a whole number from 1 to ${longestPage}`)
}
