/** The sum of an attribute's value and `by`; an absent attribute counts as 0. Throws TypeError if the value is not a number, or the sum not finite. */
export function incremented(attribute: string, value: unknown, by: number): number {
  if (value !== undefined && typeof value !== 'number')
    throw new TypeError(`${attribute} is ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}, not a number`)
  const sum = (value ?? 0) + by
  if (!Number.isFinite(sum)) throw new TypeError(`${attribute} would become ${sum}; its sum must be finite`)
  return sum
}
