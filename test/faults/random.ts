/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function oneOf<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('There is nothing to choose from')
  return item
}

/** What is done how often, in a hundred times; `rest` when it is none of them. */
export function shareOf<T>(shares: readonly (readonly [T, number])[], rest: T, random: () => number): T {
  let left = random() * 100
  for (const [choice, share] of shares) {
    left -= share
    if (left < 0) return choice
  }
  return rest
}
