import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EncodedAttributes } from '../../../src/scopes/attributes/encoded-attributes.js'
import { sizeOf } from '../../../src/storage/record-size.js'

const bytes = (text: string) => Buffer.from(text)

/** Enough names for changes to be put on top of many. */
const names = Array.from({ length: 80 }, (_, n) => `name${n}`)
const name = fc.constantFrom(...names)
const change = fc
  .record({ set: fc.dictionary(name, fc.string(), { maxKeys: 6 }), unset: fc.uniqueArray(name, { maxLength: 6 }) })
  .map(({ set, unset }) => ({
    set: new Map(Object.entries(set).map(([name, text]) => [name, bytes(text)])),
    unset: new Set(unset.filter((name) => !Object.hasOwn(set, name))),
  }))

type Attributes = ReadonlyMap<string, Uint8Array>

/** The ways in which attributes read other than a map. It is asked thousands of times, so it compares bytes by identity. */
function differences(attributes: Attributes, map: Attributes): string[] {
  const isTold = ([name, bytes]: readonly [string, Uint8Array | undefined]) => map.has(name) && map.get(name) === bytes
  const different = Object.entries(everyWay(attributes)).filter(([, entries]) => {
    const isComplete = entries.length === map.size && new Set(entries.map(([name]) => name)).size === map.size
    return !isComplete || !entries.every(isTold)
  })
  return [...different.map(([way]) => way), ...(attributes.size === map.size ? [] : ['size'])]
}

const everyWay = (attributes: Attributes) => {
  const visited: [string, Uint8Array][] = []
  attributes.forEach((bytes, name) => {
    visited.push([name, bytes])
  })
  const [keys, values] = [[...attributes.keys()], [...attributes.values()]]
  const longer = keys.length > values.length ? keys : values
  const isThere = (name: string) => attributes.has(name) || attributes.get(name) !== undefined
  return {
    entries: [...attributes.entries()],
    iteration: [...attributes],
    forEach: visited,
    'keys and values': longer.map((_, n) => [keys[n] ?? '', values[n]] as const),
    'has and get': names.filter(isThere).map((name) => [name, attributes.get(name)] as const),
  }
}

describe('encoded attributes', () => {
  it('are those of a map after any changes, and stay what they were before', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat(80), fc.array(change, { maxLength: 60 }), (count, changes) => {
        let model = new Map(names.slice(0, count).map((name) => [name, bytes(name)]))
        let attributes = EncodedAttributes.of(model)
        for (const { set, unset } of changes) {
          const [before, modelBefore] = [attributes, model]
          model = new Map([...model].filter(([name]) => !unset.has(name)).concat([...set]))
          attributes = before.with({ set, unset })
          expect(differences(attributes, model)).toEqual([])
          expect(differences(before, modelBefore)).toEqual([])
          expect(attributes.bytes).toBeGreaterThanOrEqual(sizeOf(model))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('count what they replaced until it is let go, and let it go', () => {
    const many = new Map(names.map((name) => [name, bytes(name)]))
    const one = () => ({ set: new Map([['name0', Buffer.alloc(10_000)]]), unset: new Set<string>() })
    let attributes = EncodedAttributes.of(many)
    for (let n = 0; n < 1_000; n += 1) attributes = attributes.with(one())
    expect(attributes.bytes).toBeLessThan(sizeOf(many) + 11_000)
    for (const other of names.slice(1, 40)) attributes = attributes.with({ set: new Map(), unset: new Set([other]) })
    expect(attributes.bytes).toBeLessThan(sizeOf(attributes) + 10_000)
  })
})
