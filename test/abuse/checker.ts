import type { Attack, History, Phase, Terms, Visit } from './history.js'

/** What became of one rule. */
export interface Judgement {
  readonly rule: string
  readonly counts: string
  readonly broken: readonly string[]
}

/** The statuses that an attack may be answered with. 0: the node may hang up on it. */
const documented: Readonly<Record<string, readonly number[]>> = {
  bots: [200, 503],
  giants: [200, 413, 503],
  streams: [200, 503],
  locks: [200, 503],
  rotations: [200, 409, 503],
  forgers: [200, 503],
  cookies: [200, 400, 431, 503],
}

/** Judges what honest visitors and attackers wrote down. Knows nothing of how the node works. */
export function check(history: History, terms: Terms): readonly Judgement[] {
  return [
    noError(history),
    noLostWrite(history),
    inTime(history, terms),
    bounded(history),
    documentedAnswers(history),
    { rule: 'the node lives', counts: `exit ${history.exit}`, broken: history.exit === 0 ? [] : [`${history.exit}`] },
  ]
}

function noError({ visits }: History): Judgement {
  const failed = visits.filter(({ status }) => status !== 200)
  return {
    rule: 'honest visitors see no error',
    counts: `${visits.length} requests`,
    broken: failed.map(({ deed, phase, status, visitor }) => `${visitor}: ${deed} in the ${phase}: ${status}`),
  }
}

/** A visitor finds what he last wrote, and his sums grow by one. A write that failed may have been saved. */
function noLostWrite({ visits }: History): Judgement {
  const broken: string[] = []
  for (const [visitor, own] of grouped(visits)) {
    const may = new Map<string, readonly (string | number | undefined)[]>()
    for (const visit of own) {
      const { seen } = visit
      if (visit.deed !== 'begin' && seen !== undefined)
        for (const [name, values] of may)
          if (!values.includes(seen?.[name])) broken.push(`${visitor}: ${name} is ${seen?.[name]}, not ${values}`)
      note(may, visit)
    }
  }
  const writes = visits.filter(({ wrote }) => wrote !== undefined)
  return { rule: 'no write of theirs is lost', counts: `${writes.length} writes`, broken }
}

const attributes = { write: 'value', increment: 'count', lock: 'locked' } as const

function note(may: Map<string, readonly (string | number | undefined)[]>, visit: Visit): void {
  const { deed, status, wrote } = visit
  if (deed === 'read' || deed === 'begin') return
  const name = attributes[deed]
  const before = may.get(name) ?? [undefined]
  if (status === 200) may.set(name, [wrote])
  else if (typeof wrote === 'string') may.set(name, [...before, wrote])
  else may.set(name, [...before, ...before.map((sum) => Number(sum ?? 0) + 1)])
}

function inTime({ visits }: History, { floorMs, slowdown }: Terms): Judgement {
  const [quiet, abuse] = [percentile(visits, 'quiet'), percentile(visits, 'abuse')]
  const most = slowdown * Math.max(quiet, floorMs)
  const byDeed = (['read', 'write', 'increment', 'lock'] as const).map(
    (deed) => `${deed} ${percentile(visits, 'abuse', deed).toFixed(1)}`,
  )
  const counts = `p99 ${quiet.toFixed(1)} ms in the quiet, ${abuse.toFixed(1)} ms under abuse (${byDeed.join(', ')})`
  return { rule: `they wait at most ${slowdown} times as long`, counts, broken: abuse <= most ? [] : [counts] }
}

function percentile(visits: readonly Visit[], phase: Phase, deed?: Visit['deed']): number {
  const times = visits
    .filter((visit) => visit.phase === phase && visit.deed !== 'begin' && (deed ?? visit.deed) === visit.deed)
    .map(({ start, end }) => end - start)
  return times.sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY
}

function bounded({ memory: { abused, growth, quiet } }: History): Judgement {
  const counts = `${mb(quiet)} before, ${mb(abused)} after, growth of at most ${mb(growth)}`
  return { rule: 'the memory of the node is bounded', counts, broken: abused - quiet <= growth ? [] : [counts] }
}

function documentedAnswers({ attacks }: History): Judgement {
  const broken = attacks.flatMap(({ kind, answers }) =>
    Object.keys(answers)
      .filter((status) => !documented[kind]?.includes(Number(status)))
      .map((status) => `${kind}: ${status}, ${answers[Number(status)]} times`),
  )
  return { rule: 'attackers get documented answers', counts: attacks.map(summary).join('; '), broken }
}

const summary = ({ kind, answers }: Attack): string =>
  `${kind} ${Object.entries(answers)
    .map(([status, count]) => `${count}×${status}`)
    .join(' ')}`

const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`

function grouped(visits: readonly Visit[]): Map<string, Visit[]> {
  const groups = new Map<string, Visit[]>()
  for (const visit of visits) {
    const own = groups.get(visit.visitor)
    if (own) own.push(visit)
    else groups.set(visit.visitor, [visit])
  }
  return groups
}
