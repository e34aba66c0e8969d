import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { createContainer, silentLogger } from 'koa-scopes'
import { driverSuite } from 'koa-scopes/testing'
import shop from './shop.js'

/** One request to a container that lives no longer; returns the visitor's cookie. */
async function visit(cookie: string, visits: number): Promise<string> {
  const container = await createContainer('app.config.yaml', { logger: silentLogger })
  try {
    const { url } = await container.listen()
    const response = await fetch(url, { headers: { cookie } })
    assert.deepEqual(await response.json(), { visits })
    assert.equal(await container.application(shop).sessions.count(), 1)
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
  } finally {
    await container.close()
  }
}

const cookie = await visit('', 1)
await visit(cookie, 2)

assert.equal(typeof driverSuite, 'function')
assert.equal(typeof createRequire(import.meta.url)('koa-scopes/schema').properties, 'object')
