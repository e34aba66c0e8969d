/*
 * What an application says of a login, such as device and address: stored in the head of the record, and shown where sessions
 * are listed.
 */

/** Flat, so that a list can show it as it is. */
export type Description = Readonly<Record<string, string | number | boolean | null>>

const mostBytes = 512

/**
 * The text to store. Longer strings are cut, because visitors send some of them, such as User-Agent, and a long one must not
 * prevent a login. Throws TypeError for anything but a flat object, and for one that is too large without its strings.
 */
export function descriptionText(given: unknown): string {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError('describe() returns an object')
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const wrong = entries.find(([, value]) => !isFlat(value))
  if (wrong) throw new TypeError(`describe(): ${wrong[0]} is neither text, a finite number, true, false nor null`)
  return fitting(Object.fromEntries(entries))
}

/** null also for a text that is none of ours, so that a list shows the other records. */
export function descriptionIn(text: string | null): Description | null {
  if (text === null) return null
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && !Array.isArray(read) ? (read as Description | null) : null
  } catch {
    return null
  }
}

const isFlat = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** Cuts the longest string until the whole fits. */
function fitting(description: Record<string, unknown>): string {
  for (;;) {
    const text = JSON.stringify(description)
    const excess = Buffer.byteLength(text) - mostBytes
    if (excess <= 0) return text
    const [name, longest] = longestIn(description)
    if (longest.length === 0) throw new TypeError(`describe() returns more than ${mostBytes} bytes of JSON`)
    // A character takes at most six bytes in JSON.
    description[name] = longest.slice(0, longest.length - Math.max(1, Math.ceil(excess / 6))).toWellFormed()
  }
}

const longestIn = (description: Readonly<Record<string, unknown>>): readonly [name: string, text: string] =>
  Object.entries(description).reduce<readonly [string, string]>(
    (longest, [name, value]) =>
      typeof value === 'string' && value.length > longest[1].length ? [name, value] : longest,
    ['', ''],
  )
