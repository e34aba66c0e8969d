import type { Judgement } from './checker.js'

const mostPlaces = 20

/** One line for each rule, and below it where it was broken. */
export const report = (judgements: readonly Judgement[]): string =>
  judgements
    .flatMap(({ rule, counts, broken }) => [
      `${broken.length === 0 ? 'kept  ' : 'BROKEN'} ${rule}: ${counts}; broken ${broken.length} times`,
      ...broken.slice(0, mostPlaces).map((place) => `         ${place}`),
    ])
    .join('\n')
