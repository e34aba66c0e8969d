import type { RuleName } from './checker.js'
import type { Judgement } from './judgement.js'

/** Of a broken rule, so many places are told. */
const mostPlaces = 20

/** One line for each rule, and below it where it was broken. */
export function report(judgements: ReadonlyMap<RuleName, Judgement>): string {
  const lines = [...judgements.values()].flatMap(({ rule, counts, broken }) => [
    `${broken.length === 0 ? 'kept  ' : 'BROKEN'} ${rule}: ${counts}; broken ${broken.length} times`,
    ...broken.slice(0, mostPlaces).map((place) => `         ${place}`),
  ])
  return lines.join('\n')
}
