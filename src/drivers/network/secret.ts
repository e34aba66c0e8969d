import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { readBy } from '../../support/option-types.js'
import type { DriverEnvironment } from '../definition.js'

/** The password in a configuration in code: a text, or a function that is asked again for every new connection. */
export type PasswordOption = string | (() => string | Promise<string>)

/** A password, or what gives it for one connection. If that rejects, the connection has failed. */
export type Secret = string | (() => Promise<string>)

/** The password of a connection cannot be had now, so nothing was sent. */
export class NoPassword extends Error {
  override readonly name = 'NoPassword'
}

/** How long a function may take to give a password. */
const askMs = 5_000

const password = readBy<PasswordOption, PasswordOption>(
  (value) => {
    if (typeof value === 'function') return { value: value as PasswordOption }
    if (typeof value !== 'string') return { problem: 'is not text', remedy: 'Put quotes around it.' }
    return value === '' ? { problem: 'is empty', remedy: 'Remove the key, if the user has no password.' } : { value }
  },
  [{ type: 'string', minLength: 1 }],
)

/** The keys for the password of a user. */
export const passwordOptions = () => ({
  password: password({
    description: 'The password of the user. In code also a function, which is asked again for every new connection.',
    examples: ['correct horse'],
  }).optional(),
  passwordFile: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'A file with the password, relative to the configuration file. It is read again for every new connection, so it may be replaced.',
      examples: ['/run/secrets/store'],
    }),
})

export interface PasswordOptions {
  readonly password?: PasswordOption | undefined
  readonly passwordFile?: string | undefined
}

type Surroundings = Pick<DriverEnvironment, 'cache' | 'directory'>

/** The secret that the options name; undefined: there is none. Throws STORAGE_UNUSABLE if there is no such file. */
export function secretOf(options: PasswordOptions, { cache, directory }: Surroundings): Secret | undefined {
  const { password, passwordFile } = options
  if (passwordFile !== undefined) return secretInFile(resolve(directory, passwordFile), cache)
  if (typeof password !== 'function') return password
  return async () => {
    try {
      return checked(await inTime(password))
    } catch (cause) {
      throw new NoPassword(`the function for its password failed: ${reasonOf(cause)}`, { cause })
    }
  }
}

/** Asks for the password of one connection. */
export const passwordFrom = async (secret: PasswordOption | undefined): Promise<string | undefined> =>
  typeof secret === 'function' ? secret() : secret

function secretInFile(path: string, cache: string): Secret {
  try {
    checked(readFileSync(path, 'utf8'))
  } catch (cause) {
    const reason = unusable(path, cause)
    const remedy = 'Write the password into this file, or correct passwordFile: of this cache.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  }
  return async () => {
    try {
      return checked(await readFile(path, 'utf8'))
    } catch (cause) {
      throw new NoPassword(unusable(path, cause), { cause })
    }
  }
}

const unusable = (path: string, cause: unknown): string =>
  `the file of its password, ${path}, cannot be used: ${reasonOf(cause)}`

/** Without the end of the line, which editors add. */
function checked(text: unknown): string {
  if (typeof text !== 'string') throw new TypeError('it gives no text')
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new TypeError('it is empty')
  return secret
}

async function inTime(ask: () => string | Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${askMs} ms`)), askMs)
  })
  return Promise.race([ask(), late]).finally(() => clearTimeout(timer))
}
