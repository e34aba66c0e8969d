import { existsSync } from 'node:fs'
import { cp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Logger, silentLogger } from '../../src/support/logger.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer, withFolder } from '../support/container.js'
import { sessionPages, shop } from '../support/shop.js'
import { serveContainer, type Visitor, visitorWith } from '../support/visitor.js'

/** A container on an LMDB folder that can be moved, and the errors that it logs of its cache. */
const withShop = (cluster: boolean, use: (shop: Awaited<ReturnType<typeof startShop>>) => Promise<void>) =>
  withFolder(async (parent) => {
    const started = await startShop(parent, cluster)
    try {
      await use(started)
    } finally {
      await started.stop()
    }
  })

async function startShop(parent: string, cluster: boolean) {
  const [folder, aside] = [join(parent, 'data'), join(parent, 'aside')]
  const logged: unknown[] = []
  const error = (fields: object, _sentence = '') => {
    if ('cache' in fields) logged.push(fields)
  }
  const logger: Logger = { ...silentLogger, error: error as Logger['error'], child: () => logger }
  const clock = new ManualClock()
  const container = await quietContainer(
    {
      // Its time is the test's, which passes in leaps while real files are written.
      caches: { embedded: { driver: 'lmdb', path: folder, storage: true, deadline: '1h' } },
      applications: { shop: { session: { storage: 'embedded', cluster } } },
    },
    { applications: { shop: shop(sessionPages) }, logger, clock },
  )
  const { url, close } = await serveContainer(container)
  const stop = async () => {
    await close()
    let isClosed = false
    const closing = container.close().finally(() => {
      isClosed = true
    })
    // What cannot be saved is tried again for the whole of server.shutdown.
    while (!isClosed) await clock.advance(1_000)
    await closing
  }
  const health = async () => (await container.health()).caches.embedded
  const read = async (visitor: Visitor) => (await visitor.get(url, '/read')).json()
  return { clock, container, url, folder, aside, logged, health, read, stop }
}

describe.each([true, false])('an LMDB folder that goes while a container uses it, cluster: %s', (cluster) => {
  test('95. is reported once by the log and by health(), no change is lost, and all is well when it is back', () =>
    withShop(cluster, async ({ clock, url, folder, aside, logged, health, read }) => {
      const visitor = await visitorWith(url, 'name=ada')
      await rename(folder, aside)
      const writes = [await visitor.get(url, '/write?cart=book'), await visitor.get(url, '/write?cart=pen')]
      // Memory-first goes on in memory, as with every store that is unavailable.
      expect(writes.map(({ status }) => status)).toEqual(cluster ? [503, 503] : [200, 200])
      expect(await visitor.get(url, '/login?as=ada')).toMatchObject({ status: 503 })
      const code = 'STORAGE_UNAVAILABLE'
      const removed = expect.stringMatching(/was removed while this process uses it; put the same folder .* back/)
      const lost = expect.objectContaining({ code, message: removed })
      expect(await health()).toMatchObject({ status: 'down', error: lost })
      await clock.advance(2_000)
      const reported = [expect.objectContaining({ code, reason: removed })]
      expect(logged).toEqual(reported)
      expect(existsSync(folder)).toBe(false)

      await rename(aside, folder)
      await expect
        .poll(async () => {
          await clock.advance(10_000)
          return health()
        })
        .toMatchObject({ status: 'up', warnings: [] })
      if (cluster) await visitor.get(url, '/write?cart=pen')
      expect(await read(visitor)).toEqual({ name: 'ada', cart: 'pen' })
      expect(logged).toEqual(reported)
    }))

  test('95. and has another one in its place: nothing is written there, and the message asks for a restart', () =>
    withShop(cluster, async ({ url, folder, aside, health }) => {
      const visitor = await visitorWith(url, 'name=ada')
      await rename(folder, aside)
      await cp(aside, folder, { recursive: true })
      await visitor.get(url, '/write?cart=book')
      const message = expect.stringMatching(/was replaced while this process uses it.*restart this process/)
      expect(await health()).toMatchObject({ status: 'down', error: { code: 'STORAGE_UNAVAILABLE', message } })
    }))
})
