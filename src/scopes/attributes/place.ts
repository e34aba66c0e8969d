/*
 * A stored attribute: its place, then its encoded value. Places order the attributes of a record as they were first
 * stored, because stores do not keep an order. They are stored with each attribute, so that no driver has to know of
 * them, and requests that add different attributes change nothing in common.
 *
 * A place is a number in base 64, the highest digit first; every digit but the last has the mark. All its bytes are
 * ASCII, so a value of ASCII text stays text, which some clients send faster. Two bytes are enough for 4,096 attributes.
 */

const base = 64
const mark = 64
const mostDigits = 5
const highest = base ** mostDigits - 1

/** The place after this one. Attributes that share the highest place are ordered by name. */
export const placeAfter = (place: number): number => Math.min(place + 1, highest)

/** What precedes an encoded value that has this place. */
export function leadOf(place: number): string {
  let lead = String.fromCharCode(place % base)
  for (let rest = Math.floor(place / base); rest > 0; rest = Math.floor(rest / base))
    lead = String.fromCharCode((rest % base) + mark) + lead
  return lead
}

/** The place of a stored attribute; 0 if it has none. */
export function placeOf(stored: Uint8Array): number {
  let place = 0
  for (let digit = 0; digit < mostDigits; digit += 1) {
    const byte = stored[digit]
    if (byte === undefined || byte >= mark + base) return 0
    place = place * base + (byte % mark)
    if (byte < mark) return place
  }
  return 0
}

/**
 * The encoded value of a stored attribute, on the same memory. Without a place, which is undecodable, all of it: if it could not
 * be opened, it says why.
 */
export const contentOf = (stored: Uint8Array): Uint8Array => stored.subarray(digitsIn(stored))

/** How many digits the place of a stored attribute has; 0 if it has no place. */
function digitsIn(stored: Uint8Array): number {
  for (let digits = 1; digits <= mostDigits; digits += 1) {
    const last = stored[digits - 1]
    if (last === undefined || last >= mark + base) return 0
    if (last < mark) return digits
  }
  return 0
}
