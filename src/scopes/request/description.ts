/*
 * What an application says of a login, such as device and address: stored in the head of the record, and shown where sessions
 * are listed.
 */
import { isPlainObject } from '../../support/plain-object.js'
import { disown } from '../../support/refused-promise.js'

/** Flat, so that a list can show it as it is. */
export type Description = Readonly<Record<string, string | number | boolean | null>>

const mostBytes = 512

/**
 * The text to store. Longer strings are cut, because visitors send some of them, such as User-Agent, and a long one must not
 * prevent a login. Throws TypeError for anything but a flat object, and for one that is too large without its strings.
 */
export function descriptionText(given: unknown): string {
  disown(given)
  if (!isPlainObject(given)) throw new TypeError('describe() returns an object, and no promise of one')
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const wrong = entries.find(([, value]) => !isFlat(value))
  if (wrong) throw new TypeError(`describe(): ${wrong[0]} is neither text, a finite number, true, false nor null`)
  return fitting(entries)
}

/** null also for a text that is none of ours, so that a list shows the other records. */
export function descriptionIn(text: string | null): Description | null {
  if (text === null) return null
  try {
    const read: unknown = JSON.parse(text)
    return isPlainObject(read) ? (read as Description) : null
  } catch {
    return null
  }
}

const isFlat = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

type Entry = readonly [name: string, value: unknown]

/** Gives all strings the same most length, the greatest with which the whole fits. */
function fitting(entries: readonly Entry[]): string {
  const cutTo = (most: number) => JSON.stringify(Object.fromEntries(entries.map((entry) => shortened(entry, most))))
  const fits = (most: number) => Buffer.byteLength(cutTo(most)) <= mostBytes
  if (entries.length > mostBytes || !fits(0))
    throw new TypeError(`describe() returns more than ${mostBytes} bytes of JSON`)
  let [short, long] = [0, mostBytes]
  while (short < long) {
    const middle = Math.ceil((short + long) / 2)
    if (fits(middle)) short = middle
    else long = middle - 1
  }
  return cutTo(short)
}

const shortened = ([name, value]: Entry, most: number): Entry =>
  typeof value === 'string' ? [name, value.slice(0, most).toWellFormed()] : [name, value]
