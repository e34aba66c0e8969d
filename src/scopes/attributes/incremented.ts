/** What an attribute becomes when `by` is added; one that is not there counts as 0. Throws TypeError. */
export function incremented(attribute: string, value: unknown, by: number): number {
  if (value !== undefined && typeof value !== 'number')
    throw new TypeError(`${attribute} is ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}, not a number`)
  return (value ?? 0) + by
}
