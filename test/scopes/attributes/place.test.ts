import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../../src/codec/create.js'
import { unopened } from '../../../src/codec/sealing/unopened.js'
import { contentOf, leadOf, placeAfter, placeOf } from '../../../src/scopes/attributes/place.js'

const highest = 2 ** 30 - 1
const place = fc.oneof(
  fc.nat(100),
  fc.nat(highest),
  fc.constantFrom(0, 63, 64, 4_095, 4_096, 262_143, 262_144, highest),
)

const placed = (place: number, content: Uint8Array) => Buffer.concat([Buffer.from(leadOf(place)), content])

describe('a place', () => {
  it('is read back with the content, whatever both are', () => {
    fc.assert(
      fc.property(place, fc.uint8Array(), (place, content) => {
        const stored = placed(place, content)
        expect(placeOf(stored)).toBe(place)
        expect(Buffer.compare(contentOf(stored), content)).toBe(0)
      }),
    )
  })

  it('takes a byte up to 63, two up to 4,095, and is ASCII', () => {
    const lengths = [0, 63, 64, 4_095, 4_096].map((place) => placed(place, new Uint8Array()).byteLength)
    expect(lengths).toEqual([1, 1, 2, 2, 3])
    fc.assert(fc.property(place, (place) => placed(place, new Uint8Array()).every((byte) => byte < 128)))
  })

  it('is followed by the next one, and the highest by itself', () => {
    expect([placeAfter(0), placeAfter(63), placeAfter(highest)]).toEqual([1, 64, highest])
  })

  it('is read from any bytes, without harm', () => {
    const bytes = fc.uint8Array({ maxLength: 8 })
    fc.assert(
      fc.property(bytes, (stored) => {
        expect(placeOf(stored)).toBeLessThanOrEqual(highest)
        expect(contentOf(stored).byteLength).toBeLessThanOrEqual(stored.byteLength)
      }),
    )
  })

  it('is missing where a value could not be opened: then the content is all of it', () => {
    const stored = unopened('damaged', Buffer.from('anything'))
    expect([placeOf(stored), contentOf(stored)]).toEqual([0, stored])
  })

  it('is missing in what earlier versions stored, which is undecodable', () => {
    const codec = createCodec()
    for (const value of [{ a: 1 }, [1], 'text', 5, true, null, new Date(0), -1])
      expect(() => codec.decode(contentOf(codec.encode(value, 'x')), 'x')).toThrow('cannot be decoded')
  })
})
