import { describe, expect } from 'vitest'
import type { Logger } from '../../src/support/logger.js'
import { silentLogger } from '../../src/support/logger.js'
import { describeMemoryFirst } from '../support/matrix.js'
import { sessionPages, shop } from '../support/shop.js'
import { visitorWith } from '../support/visitor.js'

const minute = 60_000

/** Keeps the warnings of a container and its applications. */
function warnings(): { readonly logger: Logger; readonly found: string[] } {
  const found: string[] = []
  const warn = (_: object, sentence = '') => void found.push(sentence)
  const logger: Logger = { ...silentLogger, warn: warn as Logger['warn'], child: () => logger }
  return { logger, found }
}

describe('a memory-first session that two nodes serve', () => {
  describeMemoryFirst.andServers(({ learns, test }) => {
    const isSlow = learns === 'at its next touch'

    test(`67. a logout on one node holds on the other ${learns}`, async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const before = visitor.clone()
      const read = async () => (await before.get(b.url, '/read')).json()
      expect(await read()).toEqual({ name: 'ada' })
      await visitor.get(a.url, '/end')
      if (learns === 'from a notice') await expect.poll(read, { interval: 5 }).toEqual({})
      if (isSlow) store.skip(minute)
      expect(await read()).toEqual({})
    })

    test(`67. a second node ${isSlow ? 'is warned of once, with the remedy' : 'is no reason to warn'}`, async ({
      store,
    }) => {
      const { logger, found } = warnings()
      const a = await store.node(shop(sessionPages), { logger })
      const b = await store.node(shop(sessionPages))
      const visitor = await visitorWith(a.url, 'name=ada')
      for (const name of ['b', 'c']) {
        await visitor.get(b.url, `/write?name=${name}`)
        store.skip(minute)
        await visitor.get(a.url, '/read')
        await visitor.get(a.url, `/write?again=${name}`)
      }
      const sentences = found.filter((sentence) => sentence.includes('another node'))
      expect(sentences).toEqual(isSlow ? [expect.stringContaining('Set cluster: true')] : [])
    })

    test('67. a node alone is never warned of another', async ({ store }) => {
      const { logger, found } = warnings()
      const node = await store.node(shop(sessionPages), { logger })
      const visitor = await visitorWith(node.url, 'name=ada')
      for (const path of ['/rotate', '/login?as=ada', '/write?n=1', '/remove?n']) {
        await visitor.get(node.url, path)
        store.skip(minute)
        await visitor.get(node.url, '/read')
      }
      expect(found).toEqual([])
    })

    test('67. a request that asks the store waits for no save that is under way', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const save = node.line.hold('save')
      const writing = visitor.clone().get(node.url, '/write?slow=yes')
      await save.reached
      expect((await visitor.get(node.url, '/read')).json()).toMatchObject({ name: 'ada' })
      save.open()
      await writing
    })
  })
})
