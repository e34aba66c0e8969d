import { visitorsOf } from '../content.js'
import { type Contestant, contestants } from '../contestants.js'
import { Participant } from '../measure/participant.js'
import { runRound, type Sample } from '../measure/rounds.js'
import { type Spread, spreadOf } from '../measure/statistics.js'
import { theOne } from '../named.js'
import { pace } from '../pace.js'
import { cookieOf } from '../stored.js'
import { workloads } from '../workloads.js'
import type { Place } from './place.js'

/** The cost of a request in a store with `count` sessions: microseconds of the server's CPU. */
export interface RequestCost {
  readonly contestant: string
  readonly workload: string
  readonly count: number
  readonly cpu: Spread
  /** The same of the database server; absent for stores without one. */
  readonly databaseCpu?: Spread
}

const pages = ['0.5 KB, read one attribute', '0.5 KB, change one attribute']
const taking = pages.map((name) => theOne(workloads, name))

/** `response` is left out: it does the same in the store as `behind`. So are sealed values. */
const isTaking = (variant?: string) => variant !== undefined && variant !== 'response' && !variant.startsWith('sealed')

/** Uses the same number of visitors in all places, spread evenly over all sessions. All places take turns. */
export async function measureRequests(places: readonly Place[], rounds: number): Promise<readonly RequestCost[]> {
  const counts = new Map<Contestant, number>()
  const participants: Participant[] = []
  for (const place of places) {
    for (const contestant of contestants.filter(
      ({ variant, storage }) => isTaking(variant) && storage === place.store,
    )) {
      const own = { ...contestant }
      counts.set(own, place.count)
      participants.push(await join(own, place))
    }
  }
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round += 1) {
    samples.push(...(await runRound(round, taking, participants, { ...pace, forMs: 250 })))
  }
  for (const participant of participants) await participant.stop()
  return taking.flatMap((workload) =>
    participants.map(({ contestant }) => {
      const own = samples.filter((sample) => sample.contestant === contestant && sample.workload === workload)
      const count = counts.get(contestant) ?? 0
      const databaseCpu = own.flatMap((sample) => sample.databaseCpu ?? [])
      return {
        contestant: contestant.name,
        workload: workload.name,
        count,
        cpu: spreadOf(own.map(({ cpu }) => cpu)),
        ...(databaseCpu.length > 0 && { databaseCpu: spreadOf(databaseCpu) }),
      }
    }),
  )
}

async function join(contestant: Contestant, { count, storage }: Place): Promise<Participant> {
  const kept = { ...storage, stop: async () => {} }
  const participant = await Participant.start(contestant, kept, { nodes: 1, connections: pace.connections })
  const visitors = visitorsOf('small')
  const step = Math.floor(count / visitors)
  participant.adopt(
    'small',
    Array.from({ length: visitors }, (_, i) => cookieOf(i * step)),
  )
  for (const workload of taking) await participant.rush(workload, 4 * visitors)
  return participant
}
