/** The median of the rounds, with the bounds of their middle half. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

export const medianOf = (values: readonly number[]): number => quantile(ascending(values), 0.5)

/** True if the middle halves overlap: the difference is within the noise. */
export const overlap = (a: Spread, b: Spread): boolean => a.low <= b.high && b.low <= a.high

/** Interpolated between its neighbours in `sorted`, which ascends; NaN if `sorted` is empty. */
export function quantile(sorted: readonly number[], fraction: number): number {
  const place = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export const ascending = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b)
