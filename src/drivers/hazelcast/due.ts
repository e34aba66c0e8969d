import type { EpochMs } from '../../storage/contract.js'
import type { HazelcastLibrary, HazelcastMap } from './client.js'
import type { Entry } from './entry.js'

type Entries = readonly (readonly [string, Entry])[]

/** The most entries that are fetched and dropped, as a multiple of those asked for. */
const slack = 2
/** Numbers this close are taken for one: nothing is won by dividing further. */
const tick = 1

/**
 * The entries due longest at `now`, at most `limit`, in that order; none only if none is due. Members cannot return the first
 * of an order without Java classes of the application, so if more are due, the span of due times is halved until few enough
 * are in it.
 */
export async function dueEntries(
  map: HazelcastMap<Entry>,
  library: HazelcastLibrary,
  now: EpochMs,
  limit: number,
): Promise<Entries> {
  for (;;) {
    const { entries, isAll } = await firstEntries(map, library, now, limit)
    // Otherwise other callers have claimed all of the span since they were counted, and more may be due behind it.
    if (entries.length > 0 || isAll) return entries
  }
}

interface FirstEntries {
  readonly entries: Entries
  /** Whether the entries were looked for in the whole span up to now. */
  readonly isAll: boolean
}

async function firstEntries(
  map: HazelcastMap<Entry>,
  { Predicates, Aggregators }: HazelcastLibrary,
  now: EpochMs,
  limit: number,
): Promise<FirstEntries> {
  const { and, greaterThan, lessEqual, paging } = Predicates
  const dueBy = (time: EpochMs) => lessEqual('due', time)
  const countBy = async (time: EpochMs) => Number(await map.aggregateWithPredicate(Aggregators.count(), dueBy(time)))
  let to = now
  const first = (entries: Entries) => ({ entries: [...entries].sort(byDue).slice(0, limit), isAll: to === now })

  let count = await countBy(now)
  if (count === 0) return first([])
  let from = Number.NEGATIVE_INFINITY
  while (count > slack * limit) {
    if (from === Number.NEGATIVE_INFINITY)
      from = Number(await map.aggregateWithPredicate(Aggregators.min('due'), dueBy(to))) - tick
    if (to - from <= tick) {
      // More are due in this moment than asked for, so any of them are as good as the others.
      const before = await map.entrySetWithPredicate(dueBy(from))
      const within = await map.entrySetWithPredicate(paging(and(greaterThan('due', from), dueBy(to)), limit))
      return first([...before, ...within])
    }
    const middle = from + (to - from) / 2
    const countToMiddle = await countBy(middle)
    if (countToMiddle < limit) from = middle
    else {
      to = middle
      count = countToMiddle
    }
  }
  return first(await map.entrySetWithPredicate(dueBy(to)))
}

const byDue = ([, a]: Entries[number], [, b]: Entries[number]): number => (a.fields.due ?? 0) - (b.fields.due ?? 0)
