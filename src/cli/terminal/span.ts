const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** A configured length of time in the largest unit that says it exactly, as `90s`. null: never. */
export function exactSpan(ms: number | null): string {
  if (ms === null) return 'never'
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** A length of time in its largest unit, as `3m`. */
function roughSpan(ms: number): string {
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? ['s', 1000]
  return `${Math.round(Math.abs(ms) / size)}${unit}`
}

export const ago = (at: Date, now: number): string =>
  at.getTime() > now ? 'now' : `${roughSpan(now - at.getTime())} ago`

/** null: never. */
export const ahead = (at: Date | null, now: number): string =>
  at === null ? 'never' : at.getTime() <= now ? 'now' : `in ${roughSpan(at.getTime() - now)}`
