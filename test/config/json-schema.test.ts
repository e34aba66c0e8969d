// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configJsonSchema } from '../../src/config/json-schema.js'
import { loadConfig } from '../../src/config/load.js'
import type { Drivers } from '../../src/config/schema/cache.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { drivers } from './loading.js'
import { keysOf } from './schema-keys.js'

const accepts = (value: unknown, known: Drivers = drivers) =>
  z.fromJSONSchema(configJsonSchema(known) as z.core.JSONSchema.JSONSchema).safeParse(value).success

const cache = (entry: unknown) => ({ caches: { a: entry } })
const session = (entry: unknown) => ({ applications: { shop: { session: entry } } })

describe('the schema for editors', () => {
  it('is the committed one; to renew it: npx tsx src/cli/main.ts schema > docs/app.config.schema.json, npm run format', async () => {
    const committed = JSON.parse(await readFile('docs/app.config.schema.json', 'utf8'))
    expect(committed).toEqual(JSON.parse(JSON.stringify(configJsonSchema(builtInDrivers))))
  })

  it.each([
    ['nothing', {}],
    ['empty sections', { server: null, caches: null, applications: null }],
    ['the keys of a driver', cache({ driver: 'disk', path: '.', sync: 'disk' })],
    ['references', { server: { port: '${PORT:-8080}', proxy: '${PROXY}', shutdown: '${T}' } }],
    ['references in options', cache({ driver: 'network', url: '${URL}', buckets: '${BUCKETS}' })],
    ['a scope with defaults', session(null)],
    ['a scope that is off', session(false)],
    ['durations', session({ timeout: '1h30m', lifetime: 'never', endGrace: [0, 0, 30, 0] })],
  ])('accepts %s', (_, value) => expect(accepts(value)).toBe(true))

  it.each([
    ['unknown keys', { servers: {} }],
    ['unknown drivers', cache({ driver: 'dsik', path: '.' })],
    ['the keys of another driver', cache({ driver: 'memory', path: '.' })],
    ['options that are missing', cache({ driver: 'disk' })],
    ['names that are none', { applications: { '9': {} } }],
    ['numbers without a unit', session({ timeout: 30 })],
    ['never where it is not allowed', session({ endGrace: 'never' })],
    ['words that are not known', session({ backup: 'before' })],
  ])('refuses %s', (_, value) => expect(accepts(value)).toBe(false))

  it('describes every key of its own', () => {
    const undescribed = keysOf(configJsonSchema(new Map())).filter(({ schema }) => !schema.description)
    expect(undescribed.map(({ key }) => key)).toEqual([])
  })
})

describe('app.config.yaml', () => {
  it('is right, and right for editors', async () => {
    expect(accepts(parse(await readFile('app.config.yaml', 'utf8')), builtInDrivers)).toBe(true)
    const config = await loadConfig('app.config.yaml', { drivers: builtInDrivers, env: {}, applications: ['visits'] })
    expect(config).toMatchObject({ server: { port: 8080 } })
    expect(config.applications.get('visits')).toMatchObject({
      session: { storage: 'embedded', cluster: false },
      client: { storage: 'embedded', cluster: true },
    })
  })

  it('begins with what editors need to find the schema', async () => {
    const [line] = (await readFile('app.config.yaml', 'utf8')).split('\n')
    expect(line).toBe('# yaml-language-server: $schema=docs/app.config.schema.json')
  })
})
