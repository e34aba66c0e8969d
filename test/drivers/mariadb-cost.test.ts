import { Socket } from 'node:net'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { attributes } from '../../src/testing/suite/test-space.js'
import { startMariadb } from '../support/mariadb-server.js'
import { emptySpace } from './mariadb-fixture.js'

const server = await startMariadb()
afterAll(() => server.stop())

/** How many writes to the server a call takes: each turn in which it sends something is one. */
async function writesOf(call: () => Promise<unknown>): Promise<number> {
  const single = vi.spyOn(Socket.prototype, '_write')
  const several = vi.spyOn(Socket.prototype, '_writev' as '_write')
  await call()
  const writes = single.mock.calls.length + several.mock.calls.length
  vi.restoreAllMocks()
  return writes
}

describe('what the driver mariadb sends', () => {
  it('is one write for a load with a touch, and two for a save', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create('a', { set: attributes({ cart: '1', more: '2' }) })
    const touch = { touchedAt: space.now, hits: 1 }
    expect(await writesOf(() => space.load('a', { touch }))).toBe(1)
    expect(await writesOf(() => space.load('a'))).toBe(1)
    expect(await writesOf(() => space.update('a', { set: attributes({ cart: '2', more: '3' }), touch }))).toBe(2)
    expect(await writesOf(() => space.create('b', { set: attributes({ cart: '1', more: '2' }) }))).toBe(2)
  })

  it('is three writes for a change that must read the record first', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create('a', { set: attributes({ cart: '1', more: '2' }) })
    expect(await writesOf(() => space.update('a', { unset: ['more'], dropIfEmpty: true }))).toBe(3)
  })
})
