// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config-error.js'
import { loadConfig } from '../../src/config/load.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { load } from './loading.js'

/** Quadratic time for 200,000 characters is longer than this. Linear time is a fraction of it, also on a busy machine. */
const bearableMs = 8_000
const size = 200_000

const options = { drivers: builtInDrivers, env: {}, applications: ['shop'] }

/** How long it takes to read a configuration, right or wrong. */
async function timeOf(loading: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await loading().catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message.length).toBeLessThan(20 * 1024 ** 2)
  })
  return performance.now() - start
}

const units = ['/', ' ', '$', '${a:-', '{', '@', '//@', ':', '1m', '1.', 'a.', '-', '\\', 'password ']

const everywhere = (value: unknown) => ({
  server: { host: value, port: value, shutdown: value, proxy: value },
  caches: {
    url: { driver: 'redis', url: value, password: value, prefix: value },
    host: { driver: 'redis', host: value },
    cluster: { driver: 'redis', cluster: [value], tls: { ca: value } },
    sentinel: { driver: 'redis', sentinel: { name: value, nodes: [value] } },
    disk: { driver: 'lmdb', path: value, maxBytes: value, storage: value, deadline: value },
    driver: { driver: value },
  },
  applications: {
    shop: { mount: value, host: value, scopeless: [value], module: value, client: value },
    blog: { session: { storage: value, timeout: value, memory: value, onUndecodable: value } },
    shelf: { session: { cookie: { name: value, path: value, domain: value, sameSite: value } } },
  },
})

describe('68. a configuration is read in linear time', { timeout: 60_000 }, () => {
  it.each(units)('with 200,000 characters of %j in any value', async (unit) => {
    const text = unit.repeat(size / unit.length)
    for (const value of [text, `/${text}!`])
      expect(await timeOf(() => loadConfig(everywhere(value) as object, options))).toBeLessThan(bearableMs)
  })

  it.each(['/', '@', 'a', 'password ', '${'])('with 200,000 characters of %j in a name or a key', async (unit) => {
    const text = unit.repeat(size / unit.length)
    const config = {
      [text]: 1,
      [`${text}x`]: 2,
      caches: { [text]: { driver: 'memory', x: 1 }, [`${text}y`]: { driver: 'memory', storage: false } },
      applications: { [text]: { session: { storage: `${text}x` } }, shop: { session: { storage: `${text}x` } } },
    }
    expect(await timeOf(() => loadConfig(config as object, options))).toBeLessThan(bearableMs)
  })

  it.each(['/', ' ', '{', '"', '&'])('with 50,000 characters of %j in the file', async (unit) => {
    const text = unit.repeat(size / 4)
    for (const file of [text, `server:\n  host: ${text}`])
      expect(await timeOf(() => load(file, options)), file.slice(0, 20)).toBeLessThan(bearableMs)
  })

  const lines = (count: number, line: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => line(n)).join('\n')

  it.each([
    ['unknown keys', lines(1_000, (n) => `k${n}: 1`)],
    ['repeated keys', lines(4_000, () => 'a: 1')],
    ['repeated keys in a list', `server:\n${lines(3_000, () => '- {a, a}').replaceAll('a', 'a: 1')}`.slice(0, 250_000)],
    [
      'caches and scopes without one',
      `caches:\n${lines(1_000, (n) => `  c${n}: {driver: memory}`)}\napplications:\n${lines(1_000, (n) => `  a${n}: {session: {storage: x${n}}}`)}`,
    ],
    ['applications at one place', `applications:\n${lines(2_000, (n) => `  a${n}: {mount: /x}`)}`],
    [
      'applications with one cookie',
      `applications:\n${lines(2_000, (n) => `  a${n}: {host: h${n}, session: {cookie: {name: s}}}`)}`,
    ],
    ['secrets and problems', `caches:\n${lines(500, (n) => `  c${n}: {driver: redis, password: p${n}, tls: 1}`)}`],
    [
      'problems below an alias',
      `a: &a\n${lines(10, (n) => `  k${n}: 1`)}\ncaches:\n${lines(20, (n) => `  c${n}: *a`)}`,
    ],
    [
      'problems below a long name',
      `caches:\n  ${'a'.repeat(100_000)}: {driver: memory,\n${lines(2_000, (n) => `   k${n}: 1,`)}}`,
    ],
    ['lists in lists', `caches:\n${lines(4_000, (n) => `  - [{a: ${n}}, [1]]`)}`],
  ])(
    'with thousands of %s',
    async (_, text) => {
      expect(text.length).toBeLessThan(256 * 1024)
      expect(await timeOf(() => load(text, options))).toBeLessThan(bearableMs)
    },
    30_000,
  )
})
