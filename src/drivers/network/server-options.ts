import { z } from 'zod'
import { ownWords } from '../../support/own-words.js'
import { pinIn } from './pin.js'

/*
 * The options that drivers of servers share: where a server is, in a URL or in parts, and TLS. A server is named in one way,
 * and nothing is said twice.
 */

const highestPort = 65_535
const isPort = (port: number) => port >= 1 && port <= highestPort

export const portOption = z.int().min(1).max(highestPort).optional()

/** An address, written `host:port`. */
export const addressOption = (example: string) =>
  z
    .string()
    .regex(/^(\[[\da-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i, 'an address is written host:port')
    .refine((text) => isPort(Number(text.slice(text.lastIndexOf(':') + 1))), {
      message: 'has a port that is not between 1 and 65535',
      params: ownWords(`Write it as in ${example}.`),
    })
    .meta({ examples: [example] })

const pin = z.string().refine((text) => pinIn(text) !== undefined, {
  message: 'is no SHA-256',
  params: {
    remedy: 'Write what this prints: openssl x509 -in server.pem -noout -fingerprint -sha256 | cut -d= -f2',
  },
})

/** `server`: its name in examples. */
export function tlsOption(server: string) {
  const fileName = (description: string) =>
    z
      .string()
      .min(1)
      .optional()
      .meta({ description, examples: [`./${server}-ca.pem`] })
  return z.union([
    z.boolean(),
    z
      .strictObject({
        ca: fileName(
          'The authority that signed the certificate of the server; a PEM file, relative to the configuration file.',
        ),
        cert: fileName('The certificate this client shows; a PEM file.'),
        key: fileName('The key of that certificate; a PEM file.'),
        servername: z
          .string()
          .min(1)
          .optional()
          .meta({
            description: 'The name the certificate must be for. Default: the host.',
            examples: [`${server}.example.com`],
          }),
        pin: z
          .union([pin, z.array(pin).min(1)])
          .optional()
          .meta({
            description:
              'The SHA-256 of the certificate of the server or of its public key, in hex or base64; or a list of those that may be. It is checked besides the authority and the name.',
            examples: ['sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
          }),
        rejectUnauthorized: z
          .boolean()
          .optional()
          .meta({
            description: 'false: the certificate of the server is not verified, so it proves nothing. Default: true.',
            examples: [true],
          }),
      })
      .check(({ value, issues }) => {
        if (value.pin !== undefined && value.rejectUnauthorized === false)
          refuserOf(value, issues)(
            'pin',
            'would not be checked with rejectUnauthorized: false',
            'Remove that, and name the authority of the server, or its own certificate if it signed itself, in ca:.',
          )
      }),
  ])
}

export type TlsOption = z.infer<ReturnType<typeof tlsOption>>

/** What is wrong with an option, and what to do. */
export interface Refusal {
  readonly key: string
  readonly message: string
  readonly remedy: string
}

/** Returns a function that refuses an option of `value`. */
export const refuserOf =
  (value: unknown, issues: z.core.$ZodRawIssue[]) =>
  (key: string, message: string, remedy: string): void =>
    void issues.push({ code: 'custom', input: value, path: [key], message, params: { remedy } })

/** Refuses all but the first of the ways to name a server, and a port beside one that has none. */
export function* severalWays(ways: readonly string[], value: Readonly<Record<string, unknown>>): Generator<Refusal> {
  const [first, ...others] = ways.filter((way) => value[way] !== undefined)
  for (const key of others)
    yield { key, message: `cannot be combined with ${first}`, remedy: 'Name the server in one way.' }
  if (value.port !== undefined && first !== undefined && first !== 'url' && first !== 'host')
    yield { key: 'port', message: `cannot be combined with ${first}`, remedy: 'Remove it.' }
}

/** Refuses a second way to give the password. `url` may have one too. */
export function* severalPasswords(value: Readonly<Record<string, unknown>>, inUrl: boolean): Generator<Refusal> {
  const { password, passwordFile } = value
  if (passwordFile === undefined) return
  const remedy = 'Write it in one place.'
  if (password !== undefined) yield { key: 'passwordFile', message: 'cannot be combined with password', remedy }
  else if (inUrl) yield { key: 'passwordFile', message: 'cannot be combined with the password in the url', remedy }
}

/** Whether a URL has a password. */
export const hasPassword = (url: unknown): boolean =>
  typeof url === 'string' && URL.canParse(url) && new URL(url).password !== ''

/**
 * Refuses the options beside a URL that say what it says too: they could only agree with it or contradict it. `path`: the option
 * that its path stands for.
 */
export function* repeatedBeside(path: string, value: Readonly<Record<string, unknown>>): Generator<Refusal> {
  const { url } = value
  if (typeof url !== 'string' || !URL.canParse(url)) return
  const { port, username, password, pathname } = new URL(url)
  if (![username, password, pathname].every(isDecodable)) {
    yield {
      key: 'url',
      message: `has a % in its user, password or ${path} that is not written as %25`,
      remedy: encoded,
    }
    return
  }
  const given = { port, username, password, [path]: pathname.slice(1) }
  for (const [key, text] of Object.entries(given))
    if (text !== '' && value[key] !== undefined)
      yield { key, message: 'is in the url too', remedy: 'Write it in one place.' }
}

const encoded =
  'In a URL write the characters @ : / ? # [ ] % as %40 %3A %2F %3F %23 %5B %5D %25, or use the keys username: and password:.'

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
