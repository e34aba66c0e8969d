import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Keyring, overheadOf } from '../../../src/codec/sealing/keyring.js'

const format = { tag: 0xfe, name: 'a format of the test', shownBytes: 0 }
const keyA = 'a key that is 32 bytes long: aaaaa'
const keyB = 'a key that is 32 bytes long: bbbbb'
const keyring = new Keyring([keyA], format)
const binding = { record: 'id', place: 'a place' }
const content = Buffer.from('the content')

describe('sealed bytes', () => {
  it('open to the content that was sealed, also to none', () => {
    for (const one of [content, Buffer.alloc(0), Buffer.alloc(1e6, 'x')])
      expect(keyring.open(binding, keyring.seal(binding, one))).toEqual({ content: one, isCurrent: true })
  })

  it('begin with the tag of their format, are as long as was said, and show nothing of the content', () => {
    const sealed = keyring.seal(binding, content)
    expect([sealed[0], sealed.byteLength]).toEqual([0xfe, content.byteLength + overheadOf(format)])
    expect(overheadOf(format)).toBe(33)
    expect(sealed.includes('content')).toBe(false)
  })

  it('are different each time', () => {
    const sealed = new Set(Array.from({ length: 100 }, () => keyring.seal(binding, content).toString('hex', 5, 17)))
    expect(sealed.size).toBe(100)
  })

  it('do not open when any bit of them is another', () => {
    const sealed = keyring.seal(binding, content)
    const opened = Array.from(sealed, (_, index) => index).filter((index) =>
      Array.from({ length: 8 }, (_, bit) => 1 << bit).some((bit) => {
        const tampered = Buffer.from(sealed)
        tampered[index] = (tampered[index] ?? 0) ^ bit
        return typeof keyring.open(binding, tampered) !== 'string'
      }),
    )
    expect(opened).toEqual([])
  })

  it('do not open when something is missing or was added', () => {
    const sealed = keyring.seal(binding, content)
    const pieces = Array.from(sealed, (_, length) => sealed.subarray(0, length))
    for (const piece of [...pieces, Buffer.concat([sealed, Buffer.alloc(1)])])
      expect(keyring.open(binding, piece)).toBe('damaged')
  })

  it('do not open for another place, nor for another record', () => {
    const sealed = keyring.seal(binding, content)
    expect(keyring.open({ ...binding, place: 'another' }, sealed)).toBe('damaged')
    expect(keyring.open({ ...binding, record: 'another' }, sealed)).toBe('damaged')
  })

  it('do not open in another format', () => {
    const sealed = keyring.seal(binding, content)
    expect(new Keyring([keyA], { ...format, name: 'another' }).open(binding, sealed)).toBe('unknown key')
    expect(new Keyring([keyA], { ...format, tag: 1 }).open(binding, sealed)).toBe('damaged')
  })

  it('made of any bytes are refused, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(keyring.open(binding, Buffer.from(bytes))).toMatch(/damaged|unknown key/)
        expect(keyring.open(binding, Buffer.from([0xfe, ...bytes]))).toMatch(/damaged|unknown key/)
      }),
    )
  })

  it('show what their format shows, which cannot be changed', () => {
    const showing = new Keyring([keyA], { ...format, shownBytes: 4 })
    const sealed = showing.seal(binding, content, Buffer.from('show'))
    expect(sealed.toString('latin1', 5, 9)).toBe('show')
    expect(showing.open(binding, sealed)).toEqual({ content, isCurrent: true })
    sealed[5] = 0
    expect(showing.open(binding, sealed)).toBe('damaged')
  })
})

describe('a keyring', () => {
  it('seals with its first key, and opens with each', () => {
    const both = new Keyring([keyB, keyA], format)
    expect(both.open(binding, keyring.seal(binding, content))).toEqual({ content, isCurrent: false })
    expect(both.open(binding, both.seal(binding, content))).toEqual({ content, isCurrent: true })
    expect(keyring.open(binding, both.seal(binding, content))).toBe('unknown key')
  })

  it('opens the values of more records than it keeps keys of', () => {
    const small = new Keyring([keyA], format)
    const sealed = Array.from({ length: 10_050 }, (_, n) =>
      small.seal({ record: `${n}`, place: 'p' }, Buffer.from(`${n}`)),
    )
    for (const n of [0, 1, 49, 50, 10_049]) {
      const opened = small.open({ record: `${n}`, place: 'p' }, sealed[n] ?? Buffer.alloc(0))
      expect(opened).toMatchObject({ content: Buffer.from(`${n}`) })
    }
  })

  it('needs a key', () => {
    expect(() => new Keyring([], format)).toThrow(TypeError)
  })
})
