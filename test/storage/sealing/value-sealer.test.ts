import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../../src/codec/create.js'
import { storedOf } from '../../../src/codec/sealing/unopened.js'
import { contentOf, leadOf } from '../../../src/scopes/attributes/place.js'
import { sealingHealth } from '../../../src/storage/sealing/sealing-health.js'
import { type Encryption, placeText, ValueSealer } from '../../../src/storage/sealing/value-sealer.js'

const keyA = 'a key that is 32 bytes long: aaaaa'
const keyB = 'a key that is 32 bytes long: bbbbb'
const sealer = (keys = [keyA], plain: Encryption['plain'] = 'refuse') => new ValueSealer({ keys, plain })
const codec = createCodec()
const value = codec.encode({ card: '4711' }, 'x', leadOf(3))

/** The message of the codec for these bytes. */
function refusal(bytes: Uint8Array): string {
  try {
    return `decoded: ${codec.decode(contentOf(bytes), 'session.card')}`
  } catch (error) {
    return (error as Error).message
  }
}

describe('a sealed value', () => {
  it('opens to what was sealed', () => {
    const one = sealer()
    for (const plain of [value, new Uint8Array(), Buffer.alloc(20_000, 1)])
      expect(Buffer.from(one.open('id', 'place', one.seal('id', 'place', plain)))).toEqual(Buffer.from(plain))
  })

  it('is told from a plain one by its first byte', () => {
    expect(sealer().seal('id', 'place', value)[0]).toBe(0xfe)
  })

  it.each([
    ['another key', sealer([keyB]).seal('id', 'place', value), 'it is sealed with a key that is not configured'],
    ['another place', sealer().seal('id', 'elsewhere', value), 'it is damaged, or was sealed for another place'],
    ['another record', sealer().seal('other', 'place', value), 'it is damaged, or was sealed for another place'],
    ['no sealing', value, 'it is not sealed, and its cache reads sealed values only'],
    ['nothing', new Uint8Array(), 'it is not sealed, and its cache reads sealed values only'],
    ['garbage', Uint8Array.of(0xfe, 1, 2), 'it is damaged, or was sealed for another place'],
    ['a mark that was planted', Uint8Array.of(0xff, 0, ...value), 'it is damaged, or was sealed for another place'],
  ])('of %s is undecodable, with the reason and a remedy', (_, stored, reason) => {
    const opened = sealer().open('id', 'place', stored)
    expect(refusal(opened)).toContain(`session.card: the stored value cannot be decoded: ${reason}. `)
    expect(refusal(opened)).toMatch(/ or assign a new value\.$/)
    expect(refusal(opened)).not.toContain('Register the class')
  })

  it('is undecodable with a reason in a cache that has no keys', () => {
    expect(refusal(sealer().seal('id', 'place', value))).toContain('it is sealed, and its cache has no keys.')
  })

  it('that did not open is stored again as it was, by whatever keys', () => {
    const stored = sealer([keyB]).seal('id', 'place', value)
    const passed = sealer().seal('id', 'place', sealer().open('id', 'place', stored))
    expect(Buffer.from(passed)).toEqual(Buffer.from(stored))
    expect(Buffer.from(sealer([keyB]).open('id', 'place', passed))).toEqual(Buffer.from(value))
  })

  it('of any bytes never throws, and never becomes another one', () => {
    const one = sealer([keyA], 'read')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0x00, 0x41, 0xfe, 0xff), (rest, first) => {
        const stored = Uint8Array.of(first, ...rest)
        const opened = one.open('id', 'place', stored)
        if (first < 0x80) expect(opened).toBe(stored)
        else expect(Buffer.from(storedOf(opened) ?? [])).toEqual(Buffer.from(stored))
      }),
    )
  })
})

describe('values that are not sealed', () => {
  it('are read while it is allowed, and sealed when they are stored', () => {
    const reading = sealer([keyA], 'read')
    expect(reading.open('id', 'place', value)).toBe(value)
    expect(reading.seal('id', 'place', value)[0]).toBe(0xfe)
  })

  it('are stored so too until every node has the keys, and sealed ones are opened already', () => {
    const writing = sealer([keyA], 'write')
    expect(writing.seal('id', 'place', value)).toBe(value)
    expect(writing.open('id', 'place', value)).toBe(value)
    const sealed = sealer().seal('id', 'place', value)
    expect(Buffer.from(writing.open('id', 'place', sealed))).toEqual(Buffer.from(value))
  })
})

describe('the figures', () => {
  it('count what old keys opened, what was plain, and what did not open', () => {
    const one = sealer([keyB, keyA], 'read')
    const [old, current] = [sealer().seal('id', 'place', value), one.seal('id', 'place', value)]
    for (const stored of [old, old, current, value, sealer([keyA.toUpperCase()]).seal('id', 'place', value)])
      one.open('id', 'place', stored)
    expect(one.figures).toEqual({
      openedByOldKeys: 2,
      readPlain: 1,
      unopened: { 'unknown key': 1, damaged: 0, plain: 0 },
    })
  })

  it('are in the health of the cache, with a sentence for what an operator should do', () => {
    const health = { warnings: ['of the driver'], details: { entries: 3 } }
    const figures = { openedByOldKeys: 2, readPlain: 1, unopened: { 'unknown key': 4, damaged: 1, plain: 0 } }
    expect(sealingHealth(health, { keys: [keyA, keyB], plain: 'read' }, figures)).toEqual({
      warnings: [
        'of the driver',
        expect.stringContaining('write encrypt: { plain: refuse }'),
        'Values that were not opened since the start: 4 sealed with a key that is not configured, 1 damaged or sealed for another place.',
      ],
      details: { entries: 3, sealingKeys: 2, openedByOldKeys: 2, readPlain: 1, unopened: 5 },
    })
    expect(sealingHealth(health, { keys: [keyA, keyB], plain: 'read' }, undefined)).toEqual({
      warnings: ['of the driver', expect.stringContaining('each node counts')],
      details: { entries: 3, sealingKeys: 2 },
    })
    const nothing = sealer().figures
    expect(sealingHealth(health, { keys: [keyA], plain: 'refuse' }, nothing).warnings).toEqual(['of the driver'])
    expect(sealingHealth(health, { keys: [keyA], plain: 'write' }, nothing).warnings[1]).toContain('plain: read')
  })
})

describe('the text of a place', () => {
  it('is another one for other names, however they are cut', () => {
    const names = fc.array(fc.string({ maxLength: 6, unit: fc.constantFrom('a', '1', ':', '2', '\0') }), {
      maxLength: 4,
    })
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(placeText(...one) === placeText(...other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })
})
