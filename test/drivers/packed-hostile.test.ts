import fc from 'fast-check'
import { pack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { Damage } from '../../src/drivers/lmdb/file-errors.js'
import { unpackEntry } from '../../src/drivers/lmdb/record-entry.js'
import { unpacked, unpackedFirst } from '../../src/drivers/packed.js'
import { packedEnd } from '../../src/drivers/packed-end.js'

/** More than decoding needs on a slow machine, and far less than making room for what is announced takes. */
const manyMs = 300

/** What it takes, in milliseconds, to find out that the bytes are damaged. */
function costOf(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const begun = performance.now()
  expect(() => read(bytes)).toThrow()
  return performance.now() - begun
}

const claims: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['a list of 16 million', [0xdd, 1, 0, 0, 0]],
  ['a list of four billion', [0xdd, 0xff, 0xff, 0xff, 0xff]],
  ['a map of four billion', [0xdf, 0xff, 0xff, 0xff, 0xff]],
  ['a text of four billion', [0xdb, 0xff, 0xff, 0xff, 0xff]],
  ['bytes of four billion', [0xc6, 0xff, 0xff, 0xff, 0xff]],
  ['a list in a list', [0x91, 0xdd, 1, 0, 0, 0]],
  ['a typed array', [0x91, 0xc9, 0, 0, 0, 9, 0x74, 6, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['shared text that moves the reader', [0x91, 0xc9, 0, 0, 0, 4, 0x62, 0xff, 0xff, 0xff, 0xff]],
  ['a length without an end', [0xdd, 1]],
  ['a number without an end', [0x91, 0xcf, 1]],
]

describe('70. a head that announces', () => {
  it.each(claims)('%s is damaged, at once', (_, list) => {
    const bytes = Uint8Array.from(list)
    expect(costOf(unpackEntry, bytes)).toBeLessThan(manyMs)
    expect(costOf((bytes) => unpackedFirst(bytes, 14), bytes)).toBeLessThan(manyMs)
    expect(() => unpackEntry(bytes)).toThrow(Damage)
  })

  it('a hundred thousand values, twenty thousand times over, is damaged at once', () => {
    const bytes = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.from([0xdd, 0, 1, 0xb0, 0])))
    expect(costOf(unpackEntry, bytes)).toBeLessThan(manyMs)
    expect(costOf((bytes) => unpackedFirst(bytes, 14), bytes)).toBeLessThan(manyMs)
  })

  it('lists nested 100,000 deep is damaged', () => {
    const bytes = Buffer.concat([Buffer.alloc(1e5, 0x91), Buffer.of(0xc0)])
    expect(() => unpackEntry(bytes)).toThrow(Damage)
  })
})

describe('the end of packed values', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, false, Number.NaN),
      fc.integer(),
      fc.double(),
      fc.maxSafeInteger(),
      fc.string({ maxLength: 70_000, size: 'max' }),
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(tie('any'), { maxLength: 20 }),
      fc.dictionary(fc.string(), tie('any'), { noNullPrototype: true }),
    ),
  })).any

  it('is where the packer stopped', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const bytes = Buffer.concat(values.map((value) => Buffer.from(pack(value))))
        expect(packedEnd(bytes, 0, values.length)).toBe(bytes.byteLength)
      }),
    )
  })

  it('is found in any bytes, or they are damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(20), (bytes, known) => {
        try {
          expect(packedEnd(bytes, 0, known)).toBeLessThanOrEqual(bytes.byteLength)
        } catch (error) {
          expect(error).toSatisfy((error) => error instanceof RangeError || error instanceof TypeError)
        }
        try {
          unpacked(bytes, known)
          unpackEntry(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 5_000 },
    )
  })
})
