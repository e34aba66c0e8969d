// A driver of one's own in a program that has installed zod 3.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { type ConfigInput, createContainer, defineDriver, silentLogger } from 'koa-scopes'
import { z } from 'zod'
import { inMap } from './map-driver/index.js'
import shop from './shop.js'

assert.match(createRequire(import.meta.url)('zod/package.json').version, /^3\./)

const config = (cache: object): ConfigInput => ({
  server: { port: 0 },
  caches: { mapped: { driver: 'map', storage: true, ...cache } },
  applications: { shop: { session: { storage: 'mapped' } } },
})
const options = { applications: { shop }, logger: silentLogger }

const container = await createContainer(config({}), { ...options, drivers: [inMap] })
try {
  const { url } = await container.listen()
  const response = await fetch(url)
  assert.deepEqual(await response.json(), { visits: 1 })
  assert.equal(await container.application('shop').sessions.count(), 1)
} finally {
  await container.close()
}

const unknownKey = createContainer(config({ pth: './data' }), { ...options, drivers: [inMap] })
await assert.rejects(unknownKey, /caches\.mapped\.pth: This key is not known here/)

// @ts-expect-error a schema of another zod
const foreign = defineDriver({ ...inMap, options: z.object({}) })
await assert.rejects(createContainer(config({}), { ...options, drivers: [foreign] }), { code: 'DRIVER_UNUSABLE' })
