import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { unpackedAll } from '../../src/drivers/packed.js'
import { startRedis } from '../support/redis-server.js'

const server = await startRedis()
const client = new Redis(server.url)
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

/** As scripts do it. */
const pack = async (values: readonly (string | number | null)[]) => {
  const source = `
    local values, length = cjson.decode(ARGV[1]), tonumber(ARGV[2])
    for i = 1, length do
      if values[i] == cjson.null then values[i] = nil end
    end
    return cmsgpack.pack(unpack(values, 1, length))`
  return (await client.callBuffer('eval', source, 0, JSON.stringify(values), values.length)) as Buffer
}

describe('what a script packs', () => {
  it.each([
    ['whole numbers of any size', [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53]],
    ['numbers below zero', [-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53)]],
    ['times between two milliseconds', [0.5, 0.1, 1767225600000.125, 1767225600000.1, 1e300, Number.MIN_VALUE]],
    ['texts of any length', ['', 'a', 'é😀\0', 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(256), 'x'.repeat(65_536)]],
    ['nothing, between and at the end', [null, 'a', null, 1, null, null]],
  ])('comes back as it was: %s', async (_, values) => {
    expect(unpackedAll(await pack(values))).toEqual(values)
  })
})
