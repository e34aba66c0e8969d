import { inspect } from 'node:util'
import fc from 'fast-check'

/** Short, empty, parts of each other, of meaning to JavaScript, Lua, Redis or keys, and as long as they may be. */
const texts = ['a', '', 'a\0', '__proto__', 'a:', '😀', 'é', 'e\u0301', '*', 'head', '=', 'x'.repeat(1024), '{a}%']
const longTexts = [...texts, 'p'.repeat(299), 'p'.repeat(300), '😀'.repeat(300)]

/** What a script calls by number. Few, so that calls meet. */
export interface Cast {
  readonly ids: readonly string[]
  readonly names: readonly string[]
  readonly principals: readonly string[]
}

export const casts = (ids: number): fc.Arbitrary<Cast> =>
  fc.record({ ids: some(texts, ids), names: some(texts, 3), principals: some(longTexts, 2) }).map((cast) => ({
    ...cast,
    [fc.toStringMethod]: () => inspect(cast, { maxStringLength: 10, breakLength: Number.POSITIVE_INFINITY }),
  }))

const some = (all: readonly string[], count: number) =>
  fc.shuffledSubarray([...all], { minLength: count, maxLength: count })

export const nth = <T>(items: readonly T[], n: number): T => items[n % items.length] as T

/** Seals and tokens. */
export const marks = ['s', '', 's1', '=s\n'] as const

/** Well-formed, without NUL. */
export const descriptions = ['laptop', '', 'é 😀', '"\n\\x00\'{},', 'null', 'd'.repeat(1024)] as const

export const values: readonly Uint8Array[] = [
  Buffer.from('1'),
  new Uint8Array(),
  Uint8Array.of(9, 0, 10, 128, 255).subarray(1),
  new Uint8Array(5_000).fill(65),
]
