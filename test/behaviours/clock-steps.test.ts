import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/support/logger.js'
import { SteadyClock } from '../../src/support/steady-clock.js'
import { quietContainer, withFolder } from '../support/container.js'
import type { CacheInput } from '../support/durable-cache.js'
import { MachineTime } from '../support/machine-time.js'
import { sessionPages, shop } from '../support/shop.js'
import { serveContainer, visitorWith } from '../support/visitor.js'

const minute = 60_000
const hour = 60 * minute

/** A node on this machine, which starts now. */
async function nodeOn(machine: MachineTime, cache: CacheInput) {
  const warnings: object[] = []
  const warn = (fields: object | string) => void warnings.push(Object(fields))
  const logger = { ...silentLogger, warn }
  const container = await quietContainer(
    { caches: { store: { ...cache, storage: true } }, applications: { shop: { session: { storage: 'store' } } } },
    { applications: { shop: shop(sessionPages) }, clock: new SteadyClock(machine), logger },
  )
  const { close, url } = await serveContainer(container)
  const stop = async () => {
    await close()
    await container.close()
  }
  return { url, warnings, stop }
}

const places: readonly [name: string, use: (run: (cache: CacheInput) => Promise<void>) => Promise<void>][] = [
  ['memory', (run) => run({ driver: 'memory' })],
  ['lmdb', (run) => withFolder((path) => run({ driver: 'lmdb', path }))],
]

describe.each(places)('a machine whose clock is set while the process runs, on %s', (name, withCache) => {
  const onMachine = (run: (machine: MachineTime, cache: CacheInput) => Promise<void>) => () =>
    withCache((cache) => run(new MachineTime(), cache))

  it.each([2 * hour, -2 * hour])(
    '91. by %d ms: it is warned of once, sessions live on and end at their time',
    (stepMs) =>
      onMachine(async (machine, cache) => {
        const { stop, url, warnings } = await nodeOn(machine, cache)
        const visitor = await visitorWith(url, 'name=ada')
        machine.pass(10 * minute)
        machine.set(stepMs)
        for (let visits = 0; visits < 3; visits += 1) {
          expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
          machine.pass(29 * minute)
        }
        const late = await visitorWith(url, 'name=grace')
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
        expect(warnings).toEqual([{ stepMs }])
        machine.pass(31 * minute)
        for (const each of [visitor, late]) expect((await each.get(url, '/read')).text).toBe('{}')
        await stop()
      })(),
  )

  it(
    '91. suspended time is real time: sessions end',
    onMachine(async (machine, cache) => {
      const { stop, url, warnings } = await nodeOn(machine, cache)
      const visitor = await visitorWith(url, 'name=ada')
      machine.sleep(8 * hour)
      expect((await visitor.get(url, '/read')).text).toBe('{}')
      expect(warnings).toEqual([])
      await stop()
    }),
  )

  it.skipIf(name === 'memory')(
    '91. after a restart the wall clock counts',
    onMachine(async (machine, cache) => {
      const before = await nodeOn(machine, cache)
      const visitor = await visitorWith(before.url, 'name=ada')
      machine.pass(10 * minute)
      await before.stop()
      machine.pass(10 * minute)
      const second = await nodeOn(machine, cache)
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada' })
      machine.set(2 * hour)
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada' })
      await second.stop()
      const third = await nodeOn(machine, cache)
      expect((await visitor.get(third.url, '/read')).text).toBe('{}')
      expect(third.warnings).toEqual([])
      await third.stop()
    }),
  )
})
