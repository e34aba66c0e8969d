/** The sum of an attribute's value and `by`; an absent attribute counts as 0. Throws TypeError if the value is not a number. */
export function incremented(attribute: string, value: unknown, by: number): number {
  if (value !== undefined && typeof value !== 'number')
    throw new TypeError(`${attribute} is ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}, not a number`)
  return (value ?? 0) + by
}
