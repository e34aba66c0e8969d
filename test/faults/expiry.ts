import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createCodec } from '../../src/codec/create.js'
import { redis } from '../../src/drivers/redis/index.js'
import { leadOf } from '../../src/scopes/attributes/place.js'
import { withFolder } from '../support/container.js'
import { type RedisServer, redisCli, startRedis } from '../support/redis-server.js'
import { ShopNode } from '../support/shop-node.js'
import type { JournalEntry } from '../support/shop-server.js'

export interface ExpiryFigures {
  readonly records: number
  /** How many ends were handled more than once, and how many not at all. */
  readonly twice: number
  readonly missing: number
  /** From the moment all expired to the last end. */
  readonly tookMs: number
  /** What Redis used before, with all records in it, and afterwards. */
  readonly bytes: { readonly before: number; readonly full: number; readonly after: number }
  /** Left behind. */
  readonly keys: number
}

interface Contents {
  readonly keys: number
  readonly bytes: number
}

const hourMs = 3_600_000
/** Enough to have used every part of nodes and server once. */
const rehearsal = 200
/** What Redis needs to put its tables in order when much has gone. */
const tidyMs = 10_000

/** Lets so many sessions expire at one moment, with four nodes to end them. Ends that are not there in time are missing. */
export async function expire(records: number, patienceMs: number): Promise<ExpiryFigures> {
  const server = await startRedis()
  try {
    return await withFolder(async (folder) => {
      const journal = join(folder, 'journal')
      await writeFile(journal, '')
      const hour = await Hour.start(server, journal)
      try {
        await hour.fill(rehearsal)
        await hour.pass(rehearsal, patienceMs)
        return await hour.measure(records, patienceMs)
      } finally {
        await hour.stop()
      }
    })
  } finally {
    await server.stop()
  }
}

/** Four nodes whose sessions end after an hour. */
class Hour {
  readonly #server: RedisServer
  readonly #journal: string
  readonly #nodes: readonly ShopNode[]
  #ended = 0
  /** How much more time has passed for the nodes than really has. */
  #aheadMs = 0

  private constructor(server: RedisServer, journal: string, nodes: readonly ShopNode[]) {
    this.#server = server
    this.#journal = journal
    this.#nodes = nodes
  }

  static async start(server: RedisServer, journal: string): Promise<Hour> {
    const config = {
      caches: { redis: { driver: 'redis' as const, storage: true, url: server.url } },
      applications: { shop: { session: { storage: 'redis', cluster: true, timeout: '1h' as const } } },
    }
    const names = ['a', 'b', 'c', 'd']
    return new Hour(server, journal, await Promise.all(names.map((name) => ShopNode.start({ name, config, journal }))))
  }

  /** Fills the store and lets the hour pass; what was found on the way and afterwards. */
  async measure(records: number, patienceMs: number): Promise<ExpiryFigures> {
    const before = await this.#contents()
    await this.fill(records)
    const full = await this.#contents()
    const start = performance.now()
    const entries = await this.pass(records, patienceMs)
    const tookMs = performance.now() - start
    const after = await this.#tidied(before)
    const numbers = new Set(entries.map(({ data }) => data.number))
    return {
      records,
      twice: entries.length - numbers.size,
      missing: records - numbers.size,
      tookMs,
      bytes: { before: before.bytes, full: full.bytes, after: after.bytes },
      keys: after.keys - before.keys,
    }
  }

  fill(records: number): Promise<void> {
    return fill(this.#server, { from: this.#ended, count: records, aheadMs: this.#aheadMs })
  }

  /** Lets the hour pass. Resolves with the ends of so many sessions, or with fewer when its time is up. */
  async pass(records: number, patienceMs: number): Promise<JournalEntry[]> {
    const until = performance.now() + patienceMs
    this.#aheadMs += 2 * hourMs
    await Promise.all(this.#nodes.map((node) => node.advance(2 * hourMs)))
    for (;;) {
      const entries = await this.#newEntries()
      if (entries.length >= records || performance.now() > until) {
        this.#ended += entries.length
        return entries
      }
      await pause(100)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()))
  }

  async #newEntries(): Promise<JournalEntry[]> {
    const text = await readFile(this.#journal, 'utf8')
    return text
      .split('\n')
      .slice(this.#ended, -1)
      .map((line) => JSON.parse(line))
  }

  async #tidied(before: Contents): Promise<Contents> {
    const until = performance.now() + tidyMs
    for (;;) {
      const contents = await this.#contents()
      if (contents.keys <= before.keys && contents.bytes <= before.bytes * 1.1) return contents
      if (performance.now() > until) return contents
      await pause(100)
    }
  }

  async #contents(): Promise<Contents> {
    const { port } = this.#server
    const memory = await redisCli(port, 'info', 'memory')
    return {
      keys: Number(await redisCli(port, 'dbsize')),
      bytes: Number(/^used_memory:(\d+)/m.exec(memory)?.[1]),
    }
  }
}

interface Sessions {
  readonly from: number
  readonly count: number
  readonly aheadMs: number
}

/** Puts numbered sessions into the store as a node would, only faster. */
async function fill({ url }: RedisServer, sessions: Sessions): Promise<void> {
  const { from, count, aheadMs } = sessions
  const environment = { cache: 'redis', directory: '/', onEvicted() {} }
  const driver = await redis.create(redis.options.parse({ url }), environment)
  await driver.open()
  const space = driver.space('shop:session', { endGraceMs: hourMs })
  const codec = createCodec()
  const numbers = Array.from({ length: count }, (_, n) => from + n).values()
  const createInTurn = async () => {
    for (const number of numbers) {
      const now = Date.now() + aheadMs
      const set = new Map([['number', codec.encode(number, 'number', leadOf(0))]])
      const life = { idleMs: hourMs, endsAt: null }
      await space.save({ mode: 'create', id: `session-${number}`, version: `${number}`, seal: 's', life, set }, { now })
    }
  }
  await Promise.all(Array.from({ length: 200 }, createInTurn))
  await driver.close()
}
