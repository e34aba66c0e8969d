import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pinIn } from '../../../src/drivers/network/pin.js'
import { type PasswordOptions, passwordFrom, passwordOptions, secretOf } from '../../../src/drivers/network/secret.js'
import { withFolder } from '../../support/container.js'

const secretIn = (options: PasswordOptions, directory = '/') => secretOf(options, { cache: 'shared', directory })
const passwordOf = (options: PasswordOptions, directory?: string) => passwordFrom(secretIn(options, directory))

describe('a password', () => {
  it('is the text of the configuration', async () => {
    expect(await passwordOf({ password: ' as it is\n' })).toBe(' as it is\n')
    expect(await passwordOf({})).toBeUndefined()
  })

  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    [' se cret \n\n', ' se cret \n'],
  ])('is what a file holds without its last line end: %j', (content, password) =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'password'), content)
      expect(await passwordOf({ passwordFile: './password' }, folder)).toBe(password)
    }),
  )

  it('is read again each time', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'password')
      await writeFile(file, 'first')
      const secret = secretIn({ passwordFile: file })
      expect(await passwordFrom(secret)).toBe('first')
      await writeFile(file, 'second')
      expect(await passwordFrom(secret)).toBe('second')
      await writeFile(file, '\n')
      await expect(passwordFrom(secret)).rejects.toThrow(
        `the file of its password, ${file}, cannot be used: it is empty`,
      )
    }))

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
  ])('in a file that %s fails the start', (_, content) =>
    withFolder(async (folder) => {
      const file = join(folder, 'password')
      if (content !== undefined) await writeFile(file, content)
      expect(() => secretIn({ passwordFile: file })).toThrow(
        expect.objectContaining({
          code: 'STORAGE_UNUSABLE',
          message: expect.stringMatching(
            /^The cache shared cannot use its store: the file of its password, .+ correct passwordFile: of this cache/,
          ),
        }),
      )
    }),
  )

  it('is asked of a function each time', async () => {
    let times = 0
    const secret = secretIn({ password: async () => `token-${++times}` })
    expect([await passwordFrom(secret), await passwordFrom(secret)]).toEqual(['token-1', 'token-2'])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('the vault is sealed')), 'the vault is sealed'],
    ['gives no text', () => 5 as unknown as string, 'it gives no text'],
    ['gives an empty text', () => '', 'it is empty'],
  ])('of a function that %s fails the connection', async (_, password, reason) => {
    await expect(passwordOf({ password })).rejects.toThrow(`the function for its password failed: ${reason}`)
  })
})

describe('the keys for a password', () => {
  const keys = z.strictObject(passwordOptions())

  it.each([5, '', null, ['a']])('refuse %j', (password) => {
    expect(keys.safeParse({ password }).success).toBe(false)
  })

  it('are texts for editors', () => {
    const schema = z.toJSONSchema(keys, { io: 'input', unrepresentable: 'any' })
    expect(schema.properties?.password).toMatchObject({ anyOf: [{ type: 'string', minLength: 1 }] })
  })
})

describe('a pin', () => {
  const hex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const colons = hex.toUpperCase().match(/../g)?.join(':') ?? ''

  it.each([
    hex,
    colons,
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  ])('may be written as %s', (text) => expect(pinIn(text)).toBe(hex))

  it.each(['', 'sha1/2jmj7l5rSw0yVb/vlWAYkK/YBwk=', hex.slice(1), `${hex}00`, `${colons}:`])('is not %j', (text) =>
    expect(pinIn(text)).toBeUndefined(),
  )
})
