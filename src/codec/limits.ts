/*
 * What a value may be at most. Both ways: encoding refuses more, and bytes that hold more are undecodable, so that they cost
 * what their size allows, and what was read can be written again.
 */

/** The deepest nesting. superjson overflows the stack at about 900 levels of Maps; the caller needs stack too. */
export const deepest = 500
/** The time to read a BigInt grows with the square of its length. The largest keys in use have 4,933 digits. */
export const mostDigits = 5_000
/** Reading some characters of a RegExp takes thousands of times as long as others. */
export const longestPattern = 10_000

export const tooDeep = `nested deeper than ${deepest} levels`

const firstTooLarge = 10n ** BigInt(mostDigits)

export const isTooLarge = (bigint: bigint): boolean => bigint >= firstTooLarge || bigint <= -firstTooLarge

/** Whether JSON can carry the number: it has no NaN, no infinities and no negative zero. */
export const survivesJson = (number: number): boolean => Number.isFinite(number) && !Object.is(number, -0)

/** Whether a RegExp with this `lastIndex` can be stored. */
export const isPosition = (lastIndex: unknown): lastIndex is number =>
  Number.isSafeInteger(lastIndex) && !Object.is(lastIndex, -0)

/** Whether JSON of this text, which was parsed to this value, is nested too deep. Each level takes an opening and a closing bracket. */
export const isTooDeep = (text: string, value: unknown): boolean =>
  text.length > 2 * deepest && isObject(value) && exceeds(value, deepest)

/** Every large value is walked when it is decoded: a list of an object's values would take four times as long. */
function exceeds(object: object, levels: number): boolean {
  if (levels === 0) return true
  if (Array.isArray(object)) {
    for (const part of object) if (isObject(part) && exceeds(part, levels - 1)) return true
    return false
  }
  for (const key in object) {
    const part: unknown = object[key as keyof typeof object]
    if (isObject(part) && exceeds(part, levels - 1)) return true
  }
  return false
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
