// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.js'
import { ConfigError } from '../../src/config/config-error.js'
import { type ConfigInput, loadConfig } from '../../src/config/load.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { load } from './loading.js'

const marker = 'Hunter2'
const env = { OTHER: 'x' }

/** Texts that mean something in YAML, in URLs or in references, each of which a password may contain without quotes. */
const signs = [
  ...['*', '!', '!!', '!<', '&', '#', ' #', ' ', ': ', ':', ', ', ',', '{', '}', '[', ']', '|', '>', '|-', '%', '@'],
  ...[
    '`',
    '"',
    "'",
    '\\',
    '/',
    '//',
    '?',
    '? ',
    '- ',
    '$',
    '${',
    '$${',
    '${x',
    '}',
    '=',
    '~',
    '\t',
    '\\x',
    '\\u',
    '<<',
  ],
]

/** A password: the marker with signs before, between and after it. */
const password = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...signs) }, fc.constantFrom('a', '1', marker)), {
    maxLength: 6,
  })
  .chain((before) =>
    fc
      .array(fc.constantFrom(...signs, marker), { maxLength: 4 })
      .map((after) => [...before, marker, ...after].join('')),
  )

const redis = (line: string) =>
  `caches:\n  shared:\n    driver: redis\n    ${line}\n    storage: true\napplications:\n  shop: { session: { storage: shared } }\n`
const flow = (entry: string) =>
  `caches: { shared: { driver: redis, ${entry}, storage: true } }\napplications: { shop: {} }\n`

const sealed = (keys: string) =>
  `caches:\n  browser:\n    driver: cookie\n    ${keys}\n    storage: true\napplications:\n  shop: { client: { storage: browser } }\n`

const templates: Record<string, (secret: string) => string> = {
  'block style': (secret) => redis(`password: ${secret}`),
  'flow style': (secret) => flow(`password: ${secret}`),
  'double quotes': (secret) => redis(`password: "${secret}"`),
  'single quotes': (secret) => flow(`password: '${secret}'`),
  'an open quote': (secret) => redis(`password: "${secret.replaceAll('"', '')}`),
  'a block scalar': (secret) => redis(`password: |\n      ${secret}`),
  'the head of a block scalar': (secret) => redis(`password: |${secret}`),
  'a folded scalar with too little indentation': (secret) => redis(`password: >\n    ${secret}`),
  'the next line': (secret) => redis(`password:\n    ${secret}`),
  'a list': (secret) => redis(`password: [${secret}]`),
  'a map': (secret) => redis(`password: {${secret}}`),
  'a key below it': (secret) => redis(`password: { ${secret}: "\${UNSET}", b: { c: 1 } }`),
  'a repeated key': (secret) => redis(`password: ${secret}\n    password: ${secret}`),
  'a repeated key below it': (secret) => redis(`password: { ${secret}: 1, ${secret}: 2 }`),
  'an explicit key': (secret) => redis(`? password\n    : ${secret}`),
  'an alias of it': (secret) => redis(`password: &p ${secret}\n    db: *p`),
  'no space after the colon': (secret) => redis(`password:${secret}`),
  'no space after the colon, in flow style': (secret) => flow(`password:${secret}`),
  'no colon': (secret) => redis(`password ${secret}`),
  'no colon, in flow style': (secret) => flow(`password ${secret}`),
  'an equals sign': (secret) => flow(`password=${secret}`),
  'too little indentation': (secret) => redis('db: 0').replace('applications', `  password: ${secret}\napplications`),
  'no indentation': (secret) => `${redis('db: 0')}password: ${secret}\n`,
  'a misspelt key': (secret) => redis(`pasword: ${secret}`),
  'a misspelt key with too little indentation': (secret) => `caches:\n  pasword: ${secret}\n`,
  'a list of caches': (secret) => `caches:\n  - driver: redis\n    password: ${secret}\n`,
  'the password of the sentinels': (secret) => redis(`sentinel: { name: m, nodes: [a:1], password: ${secret} }`),
  'a key for the server': (secret) => `server: { port: x, secret: ${secret} }`,
  'a URL': (secret) => redis(`url: redis://user:${secret}@redis:6379`),
  'a URL in quotes': (secret) => redis(`url: "redis://user:${secret}@redis:6379"`),
  'a URL in flow style': (secret) => flow(`url: redis://user:${secret}@redis:6379`),
  'a URL without //': (secret) => redis(`url: redis:user:${secret}@redis:6379`),
  'a URL without a scheme': (secret) => redis(`url: user:${secret}@redis`),
  'a URL without a host': (secret) => redis(`url: "redis://:${secret}"`),
  'a URL under a misspelt key': (secret) => redis(`ulr: redis://user:${secret}@redis`),
  'a URL with too little indentation': (secret) => `caches:\n  url: redis://:${secret}\n`,
  'a URL as the host': (secret) => redis(`host: "redis://:${secret}@redis"\n    socket: a`),
  'a URL as the port': (secret) => redis(`port: "redis://:${secret}@redis"`),
  'a URL in a list': (secret) => redis(`cluster: ["user:${secret}@redis:6379"]`),
  'a URL as a name': (secret) => `caches: { "redis://:${secret}@redis": { driver: redis } }`,
  'the default of a variable': (secret) => redis(`url: "\${REDIS_URL:-redis://:${secret}@redis}"`),
  'the default of a variable, for the password': (secret) => redis(`password: "\${REDIS_PASSWORD:-${secret}"`),
  'a sealing key': (secret) => sealed(`keys: [${secret}]`),
  'a sealing key in quotes': (secret) => sealed(`keys: ["${secret}"]`),
  'a sealing key on the next line': (secret) => sealed(`keys:\n      - ${secret}`),
  'a sealing key that is no list': (secret) => sealed(`keys: ${secret}`),
  'a sealing key without a space after the colon': (secret) => sealed(`keys:${secret}`),
  'a sealing key in flow style': (secret) => flow(`keys: [x, ${secret}]`).replace('redis', 'cookie'),
  'a sealing key under a misspelt key': (secret) => sealed(`kesy: [${secret}]`),
  'the default of a variable, for a sealing key': (secret) => sealed(`keys: ["\${KEY:-${secret}"]`),
  'after a variable': (secret) => redis(`url: "redis://\${OTHER}:${secret}@redis"`),
}

/** All that a start or a check could print; the empty text if the configuration is right. */
async function messageOf(loading: Promise<Config>): Promise<string> {
  try {
    await loading
    return ''
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return JSON.stringify([error.message, error.problems, error.stack])
  }
}

describe('68. no message shows a password, however it was mistyped', () => {
  it.each(Object.entries(templates))('%s', async (_, template) => {
    await fc.assert(
      fc.asyncProperty(password, async (secret) => {
        const options = { drivers: builtInDrivers, env, applications: ['shop'] }
        const message = await messageOf(load(template(secret), options))
        expect(message.toLowerCase()).not.toContain(marker.toLowerCase())
      }),
      {
        numRuns: 16,
        seed: 68,
        examples: ['*', '!', '&', '@', '%', '|', '{', '`', '[', 'a b ', 'a, ', 'a: '].map((start) => [
          `${start}${marker}`,
        ]),
      },
    )
  })

  it('nor in a configuration given as an object', async () => {
    const inObject = (cache: object): ConfigInput => ({ caches: { shared: { driver: 'redis', ...cache } } })
    for (const cache of [
      { password: { [marker]: 1 } },
      { password: [marker] },
      { url: `redis:u:${marker}@h` },
      { url: { [marker]: marker } },
      { db: `password=${marker}` },
      { password: 'a', [marker]: null },
      { tls: { ca: `redis://${marker}@h`, [`${marker}@`]: 1 } },
    ]) {
      const message = await messageOf(loadConfig(inObject(cache), { drivers: builtInDrivers, env }))
      expect(message, JSON.stringify(cache)).not.toContain(marker)
      expect(message).not.toBe('')
    }
  })
})

describe('what is no secret is shown', () => {
  it.each([
    ['server: { port: http }', '"http" is not a number'],
    ['applications: { a: { host: "http://x.example.com/y" } }', '"http://x.example.com/y" is not accepted'],
    ['caches: { a: { driver: redis, url: "http://redis" } }', '"http://***" is not accepted'],
    ['caches: { a: { driver: redis, url: "${X}" } }', '"${X}" needs the environment variable X'],
    ['caches: { a: { driver: redis, hots: x } }', 'caches.a.hots: This key is not known here. Did you mean host?'],
    ['applications: { a: { session: { storage: tokens } } }', 'There is no cache "tokens"'],
  ])('%s', async (text, part) => {
    const loading = load(text, { drivers: builtInDrivers, env: {}, applications: text.includes('apps') ? ['a'] : [] })
    expect(JSON.parse(await messageOf(loading))[0]).toContain(part)
  })
})

it.each(['number', 'database'])(
  '68. a password that is a word of the message, %s, is not the word that is missing',
  async (word) => {
    const text = `caches: { a: { driver: redis, url: "redis://:${word}@127.0.0.1:6379/abc" } }`
    const message = await messageOf(load(text, { drivers: builtInDrivers, env }))
    const [shown] = JSON.parse(message)
    expect(shown).toContain('caches.a.url: "redis://***" is not accepted. Write it as in')
    expect(shown.split('***')).toHaveLength(2)
  },
)
