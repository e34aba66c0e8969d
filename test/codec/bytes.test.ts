import { describe, expect, it } from 'vitest'
import { sameBytes } from '../../src/codec/bytes.js'

describe('sameBytes', () => {
  it('compares content, in whatever memory', () => {
    expect(sameBytes(Uint8Array.of(1, 2), Buffer.from([0, 1, 2]).subarray(1))).toBe(true)
    expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
  })
})
