import type { Claim } from './claims.js'
import { table } from './markdown.js'
import { figureIn, type Results } from './results.js'
import { type Target, targets } from './targets.js'

/** The targets, and whether this run met them; targets that were not measured are left out. */
export function verdicts(results: Results): string {
  const rows = targets.map((target) => rowOf(target, results)).filter((row) => row !== undefined)
  return table(['workload', 'contestant', 'against the floor', 'against the best peer', 'Redis commands'], rows)
}

function rowOf(target: Target, results: Results): string[] | undefined {
  const { workload, contestant, wire, peers, redis } = target
  const figure = figureIn(results)(contestant, workload)
  if (!figure) return undefined
  const cellOf = (claim: Claim | undefined) => {
    const verdict = claim?.(figure, results)
    if (!verdict) return ''
    return `${verdict.text}: ${verdict.status === 'met' ? 'met' : `**${verdict.status}**`}`
  }
  return [workload, contestant, cellOf(wire), cellOf(peers), cellOf(redis)]
}
