import type { Spread } from '../measure/statistics.js'
import { shortNumber } from './markdown.js'

/** The median, with the middle half in brackets. */
export const spread = ({ median, low, high }: Spread): string =>
  `${shortNumber(median)} [${shortNumber(low)} ${shortNumber(high)}]`
