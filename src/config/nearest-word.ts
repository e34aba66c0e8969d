/** No key or name is longer, and comparing longer texts takes long. */
const longest = 64
/** The most words that are compared. */
const mostCandidates = 200

/**
 * The known word that was most likely meant. undefined unless one is near enough: at most one letter in three differs.
 * Takes bounded time: words of more than 64 letters have no nearest one, and only the first 200 known words count.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  let candidates = 0
  for (const candidate of known) {
    if (++candidates > mostCandidates) break
    if (Math.abs(word.length - candidate.length) >= least) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) [nearest, least] = [candidate, distance]
  }
  return nearest
}

/** The restricted Damerau-Levenshtein distance: insertions, deletions, substitutions and swaps of neighbours. At most `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const change = at(last, j - 1) + (same ? 0 : 1)
      const swap = swapped ? at(beforeLast, j - 2) + 1 : Infinity
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, change, swap))
    }
    ;[beforeLast, last] = [last, row]
  }
  return Math.min(at(last, b.length), limit)
}

const at = (row: readonly number[], index: number) => row[index] ?? Infinity
