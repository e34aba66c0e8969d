import type { Contestant } from '../contestants.js'
import { stayAwake } from '../load/awake.js'
import { type Pace, steadily } from '../load/steady.js'
import { onceEach, type Workload } from '../workloads.js'
import type { Participant } from './participant.js'
import { ascending, quantile } from './statistics.js'

/** One contestant's figures for one workload in one round. */
export interface Sample {
  readonly workload: Workload
  readonly contestant: Contestant
  readonly round: number
  /** Microseconds of CPU of its servers, per request. */
  readonly cpu: number
  /** The same of the server of its database; absent if that was not measured. */
  readonly databaseCpu?: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * All contestants take turns at each workload, so that a disturbance of the machine affects all of them. Before each sample
 * each of its visitors sends one request, unmeasured: this warms up the process after the turns of the others, and no measured
 * visitor's last visit is a minute old.
 */
export async function runRound(
  round: number,
  workloads: readonly Workload[],
  participants: readonly Participant[],
  pace: Pace,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  const sleep = stayAwake()
  for (const workload of workloads) {
    const taking = participants.filter(({ contestant }) => workload.for(contestant))
    for (const participant of inTurn(taking, round)) {
      await participant.rush(workload, onceEach(workload))
      const sample = await sampleOf(participant, workload, pace)
      samples.push({ workload, contestant: participant.contestant, round, ...sample })
    }
  }
  sleep()
  return samples
}

async function sampleOf(participant: Participant, workload: Workload, pace: Pace) {
  const own = ownPace(workload, pace)
  const [before, databaseBefore] = [await participant.cpu(), await participant.databaseCpu()]
  const { requests, seconds, latencies } = await steadily(own, () => participant.send(workload))
  const used = (await participant.cpu()) - before
  const databaseAfter = await participant.databaseCpu()
  const sorted = ascending(latencies)
  return {
    cpu: used / requests,
    ...(databaseBefore !== undefined &&
      databaseAfter !== undefined && { databaseCpu: (databaseAfter - databaseBefore) / requests }),
    perSecond: requests / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  }
}

/** At a low rate a sample takes longer, or it would be of few requests. */
export function ownPace({ atOnce, perSecond }: Workload, pace: Pace): Pace {
  if (atOnce !== undefined) return { ...pace, connections: atOnce, perSecond: Number.POSITIVE_INFINITY }
  return perSecond === undefined ? pace : { ...pace, perSecond, forMs: 2 * pace.forMs }
}

/** Each round begins with another contestant. */
function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}
