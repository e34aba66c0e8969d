import type { Contestant } from '../contestants.js'
import { mostConnections, pace } from '../pace.js'
import type { Selection } from '../selection.js'
import { onceEach } from '../workloads.js'
import { Participant } from './participant.js'
import { runRound, type Sample } from './rounds.js'
import { startStorage } from './storage.js'

/** Starts all contestants, warms them up, and runs the rounds that end before `limit`, a time of performance.now(). */
export async function runAll(selection: Selection, limit: number): Promise<readonly Sample[]> {
  const participants: Participant[] = []
  try {
    for (const contestant of selection.contestants) participants.push(await joined(contestant, selection))
    return await rounds(participants, selection, limit)
  } finally {
    await Promise.all(participants.map((participant) => participant.stop()))
  }
}

async function joined(contestant: Contestant, { workloads, plan }: Selection): Promise<Participant> {
  const own = workloads.filter((workload) => workload.for(contestant))
  const nodes = own.some(({ alternating }) => alternating) ? 2 : 1
  const storage = await startStorage(contestant.storage)
  const participant = await Participant.start(contestant, storage, { nodes, connections: mostConnections })
  await participant.fill(own)
  for (const workload of own) {
    const end = performance.now() + plan.warmUpMs
    do await participant.rush(workload, onceEach(workload))
    while (performance.now() < end)
  }
  console.error(`${contestant.name} is warm`)
  return participant
}

async function rounds(
  participants: readonly Participant[],
  { workloads, plan }: Selection,
  limit: number,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let round = 1; round <= plan.mostRounds; round += 1) {
    const begin = performance.now()
    samples.push(
      ...(await runRound(round, workloads, participants, { ...pace, perSecond: plan.perSecond, forMs: plan.sampleMs })),
    )
    const end = performance.now()
    console.error(`round ${round} took ${((end - begin) / 1000).toFixed(0)} s`)
    if (end + (end - begin) > limit) break
  }
  return samples
}
