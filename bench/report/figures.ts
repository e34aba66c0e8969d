import { grouped } from '../grouped.js'
import type { Sample } from '../measure/rounds.js'
import { medianOf, spreadOf } from '../measure/statistics.js'
import type { TrafficOf } from '../traffic/measure-traffic.js'
import type { Figure } from './results.js'

/** The medians of all rounds. */
export function figuresOf(samples: readonly Sample[], trafficOf: TrafficOf): readonly Figure[] {
  const groups = grouped(samples, ({ workload, contestant }) => `${workload.name}\n${contestant.name}`)
  return [...groups.values()].flatMap((rounds) => figureOf(rounds, samples, trafficOf) ?? [])
}

function figureOf(rounds: readonly Sample[], all: readonly Sample[], trafficOf: TrafficOf): Figure | undefined {
  const [first] = rounds
  if (!first) return undefined
  const { contestant, workload } = first
  const traffic = trafficOf(contestant, workload)
  const databaseCpu = rounds.flatMap((sample) => sample.databaseCpu ?? [])
  return {
    workload: workload.name,
    contestant: contestant.name,
    role: contestant.role,
    storage: contestant.storage,
    cpu: spreadOf(rounds.map(({ cpu }) => cpu)),
    ...(contestant.role !== 'bare' && {
      added: spreadOf(rounds.map((sample) => sample.cpu - floorOf(sample, all).cpu)),
    }),
    ...(databaseCpu.length > 0 && { databaseCpu: spreadOf(databaseCpu) }),
    perSecond: medianOf(rounds.map(({ perSecond }) => perSecond)),
    p50: medianOf(rounds.map(({ p50 }) => p50)),
    p99: medianOf(rounds.map(({ p99 }) => p99)),
    ...(traffic && { traffic }),
  }
}

/** The bare framework of this contestant, under the same workload in the same round. */
function floorOf({ contestant, round, workload }: Sample, all: readonly Sample[]): Sample {
  const floor = all.find(
    (it) =>
      it.contestant.role === 'bare' &&
      it.contestant.framework === contestant.framework &&
      it.round === round &&
      it.workload === workload,
  )
  if (!floor) throw new RangeError(`Nothing was measured of bare ${contestant.framework} under "${workload.name}"`)
  return floor
}
