import type { Claim } from './claims.js'
import { table } from './markdown.js'
import { figureIn, type Results } from './results.js'
import { type Target, targetsOnRedis } from './targets.js'
import { targetsOnHazelcast } from './targets-on-hazelcast.js'
import { targetsOnMongodb } from './targets-on-mongodb.js'
import { targetsOnSql } from './targets-on-sql.js'
import { wordings } from './wordings.js'

const targetsOf = {
  redis: targetsOnRedis,
  sql: targetsOnSql,
  hazelcast: targetsOnHazelcast,
  mongodb: targetsOnMongodb,
  encrypt: [],
}

/** The targets, and whether this run met them; targets that were not measured are left out. */
export function verdicts(results: Results): string {
  const rows = targetsOf[results.group].map((target) => rowOf(target, results)).filter((row) => row !== undefined)
  return table(
    ['workload', 'contestant', 'against the floor', 'against the best peer', wordings[results.group].traffic],
    rows,
  )
}

function rowOf(target: Target, results: Results): string[] | undefined {
  const { workload, contestant, wire, peers, traffic } = target
  const figure = figureIn(results)(contestant, workload)
  if (!figure) return undefined
  const cellOf = (claim: Claim | undefined) => {
    const verdict = claim?.(figure, results)
    if (!verdict) return ''
    if (!verdict.status) return verdict.text
    return `${verdict.text}: ${verdict.status === 'met' ? 'met' : `**${verdict.status}**`}`
  }
  return [workload, contestant, cellOf(wire), cellOf(peers), cellOf(traffic)]
}
