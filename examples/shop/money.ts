const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

/** A price in words: `€12.90`. */
export const euros = (cents: number): string => format.format(cents / 100)
