import { describe, expect, it } from 'vitest'
import { newCredential } from '../../../src/scopes/record/credential.js'
import { batchMarkOf, idIn, Sealer, sealedLength } from '../../../src/scopes/sealed/sealer.js'

const place = { application: 'shop', scope: 'client', cookie: 'shop_cid' }
const keyA = 'a key that is 32 bytes long: aaaaa'
const keyB = 'a key that is 32 bytes long: bbbbb'
const sealer = new Sealer([keyA], place)
const content = Buffer.from('the content of a record')
const { id } = newCredential()

describe('a sealed text', () => {
  it('opens to the content that was sealed, with the id of the record', () => {
    expect(sealer.open(sealer.seal(id, content))).toEqual({ id, content, isCurrent: true })
    expect(sealer.open(sealer.seal(id, Buffer.alloc(0)))).toEqual({ id, content: Buffer.alloc(0), isCurrent: true })
  })

  it('shows the id, and nothing of the content', () => {
    const text = sealer.seal(id, content)
    expect(idIn(text)).toBe(id)
    expect(Buffer.from(text, 'base64url').includes('content')).toBe(false)
  })

  it('is different each time, also for equal content, and its batch mark too', () => {
    const texts = [sealer.seal(id, content), sealer.seal(id, content)]
    expect(texts[0]).not.toBe(texts[1])
    expect(batchMarkOf(texts[0] ?? '')).not.toBe(batchMarkOf(texts[1] ?? ''))
  })

  it('has letters that a cookie can carry, and the length that was said before', () => {
    for (const length of [0, 1, 2, 3, 1000]) {
      const text = sealer.seal(id, Buffer.alloc(length))
      expect(text).toMatch(/^[\w-]+$/)
      expect(text).toHaveLength(sealedLength(length))
    }
  })

  it('does not open when any bit of it is another', () => {
    const sealed = Buffer.from(sealer.seal(id, content), 'base64url')
    const opened = Array.from(sealed, (_, index) => index).filter((index) =>
      [0x01, 0x10, 0x80].some((bit) => {
        const tampered = Buffer.from(sealed)
        tampered[index] = (tampered[index] ?? 0) ^ bit
        return sealer.open(tampered.toString('base64url'))
      }),
    )
    expect(opened).toEqual([])
  })

  it('does not open when a letter is another, also one whose bits do not count', () => {
    const text = sealer.seal(id, Buffer.alloc(1)) // 50 bytes: four bits of the last letter are none of the bytes
    const opened = Array.from(text, (letter, index) => {
      const other = letter === 'A' ? 'B' : 'A'
      return sealer.open(text.slice(0, index) + other + text.slice(index + 1))
    })
    expect(opened.filter(Boolean)).toEqual([])
    expect(sealer.open(`${text}=`)).toBeUndefined()
    expect(sealer.open(` ${text}`)).toBeUndefined()
  })

  it('does not open when a piece of it is missing, or something was added', () => {
    const text = sealer.seal(id, content)
    const pieces = Array.from(text, (_, length) => text.slice(0, length))
    expect(pieces.filter((piece) => sealer.open(piece))).toEqual([])
    expect(sealer.open(`${text}AAAA`)).toBeUndefined()
  })

  it('is not even decoded when it is longer than two cookies', () => {
    expect(sealer.open(sealer.seal(id, Buffer.alloc(6_000)))).toBeDefined()
    expect(sealer.open(sealer.seal(id, Buffer.alloc(6_200)))).toBeUndefined()
  })

  it('does not open under another key', () => {
    expect(new Sealer([keyB], place).open(sealer.seal(id, content))).toBeUndefined()
  })

  it.each([
    { ...place, application: 'blog' },
    { ...place, scope: 'session' },
    { ...place, cookie: 'shop_sid' },
    { application: 'shop\0client', scope: 'shop_cid', cookie: '' },
  ])('does not open in another place: $application, $scope, $cookie', (other) => {
    expect(new Sealer([keyA], other).open(sealer.seal(id, content))).toBeUndefined()
  })

  it('does not open as the text of another record', () => {
    const sealed = Buffer.from(sealer.seal(id, content), 'base64url')
    sealed.set(Buffer.from(newCredential().id, 'base64url'), 5)
    expect(sealer.open(sealed.toString('base64url'))).toBeUndefined()
  })
})

describe('keys that rotate', () => {
  it('seal with the first and open with each; what an older one has sealed is not current', () => {
    const rotated = new Sealer([keyB, keyA], place)
    expect(rotated.open(sealer.seal(id, content))).toEqual({ id, content, isCurrent: false })
    expect(rotated.open(rotated.seal(id, content))).toMatchObject({ isCurrent: true })
    expect(sealer.open(rotated.seal(id, content))).toBeUndefined()
  })

  it('open nothing any more once they are taken out', () => {
    const text = new Sealer([keyA], place).seal(id, content)
    expect(new Sealer([keyB, keyA], place).open(text)).toBeDefined()
    expect(new Sealer([keyB], place).open(text)).toBeUndefined()
  })

  it('are needed', () => {
    expect(() => new Sealer([], place)).toThrow(TypeError)
  })
})
