import type { Rule } from '../judgement.js'

export const nothingLeft: Rule = ({ history: { left } }) => ({
  rule: 'nothing is left in the store',
  counts: `${left.length} left`,
  broken: left,
})
