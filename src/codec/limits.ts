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

/** Whether JSON of this text, which was parsed to this value, is nested too deep. Most texts show at little cost that they are not. */
export const isTooDeep = (text: string, value: unknown): boolean => mayBeTooDeep(text) && exceeds(value, deepest)

/** Each level takes an opening and a closing bracket. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= 2 * deepest) return false
  let left = deepest
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (left === 0) return true
      left -= 1
    }
  }
  return false
}

function exceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const part of Array.isArray(value) ? value : Object.values(value)) if (exceeds(part, levels - 1)) return true
  return false
}
