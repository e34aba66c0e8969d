import { describe, expect, it } from 'vitest'
import {
  formatCredential,
  newCredential,
  parseCredential,
  sameSeal,
  sealOf,
} from '../../../src/scopes/record/credential.js'

const issued = formatCredential(newCredential())

describe('a credential', () => {
  it('is read back from its cookie form', () => {
    const credential = newCredential()
    expect(parseCredential(formatCredential(credential))).toEqual(credential)
  })

  it('has an id of 128 bits and a secret of 144, new each time', () => {
    const credentials = Array.from({ length: 100 }, newCredential)
    for (const { id, secret } of credentials) {
      expect(Buffer.from(id, 'base64url')).toHaveLength(16)
      expect(Buffer.from(secret, 'base64url')).toHaveLength(18)
    }
    expect(new Set(credentials.flatMap(({ id, secret }) => [id, secret])).size).toBe(200)
  })

  it('needs nothing escaped in a cookie', () => {
    expect(issued).toMatch(/^[\w.-]+$/)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['an id alone', issued.split('.')[0] ?? ''],
    ['a third part', `${issued}.x`],
    ['one character less', issued.slice(1)],
    ['one character more', `${issued}x`],
    ['a line break at the end', `${issued}\n`],
    ['a space before', ` ${issued}`],
    ['a character of plain base64', issued.replace(/^./, '+')],
    ['a character outside ASCII', issued.replace(/^./, 'é')],
    ['much text', issued.repeat(1_000)],
  ])('is not seen in %s', (_, text) => {
    expect(parseCredential(text)).toBeUndefined()
  })
})

describe('a seal', () => {
  it('tells secrets apart and gives none away', () => {
    const [a, b] = [newCredential(), newCredential()]
    expect(sameSeal(sealOf(a.secret), sealOf(a.secret))).toBe(true)
    expect(sameSeal(sealOf(a.secret), sealOf(b.secret))).toBe(false)
    expect(sealOf(a.secret)).not.toContain(a.secret)
  })

  it('of another length is another one', () => {
    expect(sameSeal('short', sealOf('secret'))).toBe(false)
  })
})
