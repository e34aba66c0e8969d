import { parseArgs } from 'node:util'
import { type Contestant, contestantsOf, type GroupName, groupNames, isGroup } from './contestants.js'
import { pace } from './pace.js'
import { type Workload, workloads } from './workloads.js'

/** The extent of a run. */
interface Plan {
  /** How long each workload runs before the first measurement; at least one request by each visitor. */
  readonly warmUpMs: number
  readonly sampleMs: number
  readonly mostRounds: number
  /** After the first round, no round begins that would end after this time. */
  readonly limitMs: number
  readonly perSecond: number
}

const wholePlan = { warmUpMs: 250, sampleMs: 150, mostRounds: 15, limitMs: 960_000 }
const quickPlan = { warmUpMs: 100, sampleMs: 100, mostRounds: 3, limitMs: 80_000 }

const options = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  rate: { type: 'string' },
  group: { type: 'string', default: 'redis' },
} as const

export interface Selection {
  readonly group: GroupName
  readonly contestants: readonly Contestant[]
  readonly workloads: readonly Workload[]
  readonly plan: Plan
  /** Something is not measured, or less precisely. */
  readonly isPartial: boolean
}

/**
 * `--group`: of contestants; `redis` by default. `--quick`: the workloads of most targets, in few and short rounds. `--only`, any number of times: parts of names.
 * `--rate`: requests a second, in place of the common rate.
 */
export function selectionOf(args: readonly string[]): Selection {
  const { group, quick, only = [], rate } = parseArgs({ args: [...args], options }).values
  const perSecond = rate === undefined ? pace.perSecond : Number(rate)
  if (!(perSecond > 0)) throw new RangeError(`Not a rate: ${rate}`)
  if (!isGroup(group)) throw new RangeError(`Not a group of ${groupNames.join(', ')}: ${group}`)
  const contestants = contestantsOf(group)
  const unknown = only.filter((part) => ![...contestants, ...workloads].some(({ name }) => name.includes(part)))
  if (unknown.length > 0) throw new RangeError(`Neither a workload nor a contestant: ${unknown.join(', ')}`)
  const chosen = narrowed(contestants, only)
  return {
    group,
    contestants: contestants.filter((it) => isFloor(it) || chosen.includes(it)),
    workloads: narrowed(quick && only.length === 0 ? workloads.filter(isEssential) : workloads, only),
    plan: { ...(quick ? quickPlan : wholePlan), perSecond },
    isPartial: quick || only.length > 0 || rate !== undefined,
  }
}

/** The elements whose names contain one of the parts; all of them if there are none. */
function narrowed<T extends { readonly name: string }>(all: readonly T[], parts: readonly string[]): readonly T[] {
  const found = all.filter(({ name }) => parts.some((part) => name.includes(part)))
  return found.length > 0 ? found : all
}

const isFloor = ({ role }: Contestant) => role === 'bare' || role === 'wire'

const isEssential = ({ page, shape, atOnce }: Workload) =>
  page !== '/nested' && shape !== 'rich' && shape !== 'large' && atOnce === undefined
