import type { Contestant, GroupName } from '../contestants.js'
import type { Spread } from '../measure/statistics.js'
import type { Traffic } from '../traffic/counting-proxy.js'

/** The content of results.json. */
export interface Results extends Surroundings {
  readonly group: GroupName
  readonly command: string
  readonly minutes: number
  readonly rounds: number
  readonly sampleMs: number
  readonly ratePerSecond: number
  readonly figures: readonly Figure[]
}

/** The conditions of a run, on which its figures depend. */
export interface Surroundings {
  readonly date: string
  readonly machine: string
  /** The load average before the run: the load of other programs. */
  readonly load: number
  readonly node: string
  /** The servers that hold the sessions, with their versions. */
  readonly servers: string
  readonly versions: Readonly<Record<string, string>>
}

/** One contestant under one workload. CPU is microseconds per request, latency milliseconds. */
export interface Figure {
  readonly workload: string
  readonly contestant: string
  readonly role: Contestant['role']
  readonly storage: Contestant['storage']
  readonly cpu: Spread
  /** `cpu` minus that of the bare framework in the same round; absent for the frameworks. */
  readonly added?: Spread
  /** CPU of the server of its database; absent for contestants without one, and on systems that do not tell. */
  readonly databaseCpu?: Spread
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Per request; absent for contestants without a server. */
  readonly traffic?: Traffic
}

export type FigureOf = (contestant: string, workload: string) => Figure | undefined

export function figureIn({ figures }: Pick<Results, 'figures'>): FigureOf {
  return (contestant, workload) => figures.find((it) => it.contestant === contestant && it.workload === workload)
}

/** The peer that adds the least CPU. */
export function bestPeer({ figures }: Pick<Results, 'figures'>, workload: string): Figure | undefined {
  const peers = figures.filter((it) => it.workload === workload && it.role === 'peer')
  return peers.sort((a, b) => addedBy(a) - addedBy(b))[0]
}

/** The peers with the same storage, or all of them if none has. */
export function peersOf({ figures }: Pick<Results, 'figures'>, { storage, workload }: Figure): readonly Figure[] {
  const peers = figures.filter((it) => it.workload === workload && it.role === 'peer')
  const same = peers.filter((it) => it.storage === storage)
  return same.length > 0 ? same : peers
}

/** The median of the added CPU; NaN for a framework. */
export const addedBy = ({ added }: Pick<Figure, 'added'>): number => added?.median ?? Number.NaN

/** True if the figure stands out from its noise, so that others can be given as a multiple of it. */
export const isClear = ({ added }: Figure): boolean => added !== undefined && added.low > added.median / 2
