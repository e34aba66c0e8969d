import { parseArgs } from 'node:util'
import { type Contestant, contestants } from './contestants.js'
import { type Workload, workloads } from './workloads.js'

/** How much of everything a run does. */
export interface Plan {
  /** How often each visitor of a workload comes before anything is measured. */
  readonly warmUpTurns: number
  readonly sampleMs: number
  readonly mostRounds: number
  /** After the first, no round begins that would end after this time. */
  readonly limitMs: number
}

const wholePlan: Plan = { warmUpTurns: 4, sampleMs: 200, mostRounds: 15, limitMs: 580_000 }
const quickPlan: Plan = { warmUpTurns: 2, sampleMs: 100, mostRounds: 3, limitMs: 80_000 }

export interface Selection {
  readonly contestants: readonly Contestant[]
  readonly workloads: readonly Workload[]
  readonly plan: Plan
  /** Not everything is measured, or not well. */
  readonly isPartial: boolean
}

/** `--quick`: what most targets speak of, in few and short rounds. `--only`, any number of times: parts of names. */
export function selectionOf(args: readonly string[]): Selection {
  const options = { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } } as const
  const { quick, only = [] } = parseArgs({ args: [...args], options }).values
  const unknown = only.filter((part) => ![...contestants, ...workloads].some(({ name }) => name.includes(part)))
  if (unknown.length > 0) throw new RangeError(`Neither a workload nor a contestant: ${unknown.join(', ')}`)
  const chosen = narrowed(contestants, only)
  return {
    contestants: contestants.filter((it) => isFloor(it) || chosen.includes(it)),
    workloads: narrowed(quick && only.length === 0 ? workloads.filter(isEssential) : workloads, only),
    plan: quick ? quickPlan : wholePlan,
    isPartial: quick || only.length > 0,
  }
}

/** All of them when no part is about them. */
function narrowed<T extends { readonly name: string }>(all: readonly T[], parts: readonly string[]): readonly T[] {
  const found = all.filter(({ name }) => parts.some((part) => name.includes(part)))
  return found.length > 0 ? found : all
}

const isFloor = ({ role }: Contestant) => role === 'bare' || role === 'wire'

const isEssential = ({ page, shape, atOnce }: Workload) =>
  page !== '/nested' && shape !== 'rich' && shape !== 'large' && atOnce === undefined
