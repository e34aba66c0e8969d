import type { EpochMs } from '../../storage/contract.js'

/*
 * What a head says of the seals that rotations have replaced: for each, when, and enough of it to recognize it. So a poll
 * sent during a login, which carries the old secret, is told apart from a stranger's.
 */

/** How long a replaced secret is answered as superseded. */
const rememberedForMs = 60_000
/** So that the text stays within the contract's length. */
const mostRemembered = 6
const markLength = 10

interface Replacement {
  readonly at: EpochMs
  readonly mark: string
}

/** The text of a head whose seal is replaced now. */
export function withReplaced(replaced: string | null, seal: string, now: EpochMs): string {
  const all = [...recentIn(replaced, now), { at: now, mark: markOf(seal) }]
  return all
    .slice(-mostRemembered)
    .map(({ at, mark }) => `${at.toString(36)}.${mark}`)
    .join(' ')
}

/** What is recognized of the present seal, and of those that it replaced less than a minute ago. */
export function recentMarks(
  seal: string,
  replaced: string | null = null,
  now: EpochMs = 0,
): readonly [string, ...string[]] {
  return [markOf(seal), ...recentIn(replaced, now).map(({ mark }) => mark)]
}

/** Whether this seal was the record's less than a minute ago. */
export function wasJustReplaced(replaced: string | null, seal: string, now: EpochMs): boolean {
  return recentIn(replaced, now).some(({ mark }) => mark === markOf(seal))
}

function recentIn(replaced: string | null, now: EpochMs): readonly Replacement[] {
  if (!replaced) return []
  const all = replaced.split(' ').map((entry) => {
    const [at = '', mark = ''] = entry.split('.')
    return { at: Number.parseInt(at, 36), mark }
  })
  return all.filter(({ at }) => now - at < rememberedForMs)
}

const markOf = (seal: string) => seal.slice(0, markLength)
