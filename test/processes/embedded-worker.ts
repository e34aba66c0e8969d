/** A process of its own on the store in argv[2]: does the job named in argv[3] with the driver in argv[4] and reports by messages. */
import { on, once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Driver, Space } from '../../src/storage/contract.js'
import { bytes, creation, now, remove } from '../drivers/embedded-fixture.js'
import * as lmdb from '../drivers/lmdb-fixture.js'
import * as sqlite from '../drivers/sqlite-fixture.js'

const [, , directory = '', job = '', driverName = 'lmdb'] = process.argv
const { opened, unopened } = driverName === 'sqlite' ? sqlite : lmdb
const report = (message: unknown) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

/** So that processes begin together, however long each took to start. */
async function signalToStart(): Promise<void> {
  await report('ready')
  await once(process, 'message')
}

async function withSpace(work: (space: Space, driver: Driver) => Promise<void>, options?: object): Promise<void> {
  const driver = await opened(directory, options)
  await work(driver.space('shop:session', { endGraceMs: 0 }), driver)
  await driver.close()
}

const jobs: Record<string, () => Promise<void>> = {
  /** Ends expired records until there are none, and reports which. */
  reap: () =>
    withSpace(async (space) => {
      await signalToStart()
      const ended: string[] = []
      for (;;) {
        const claims = await space.claimExpired({ now, limit: 7, leaseMs: 60_000 })
        if (claims.length === 0) break
        ended.push(...(await space.settle(claims, { now })))
      }
      await report(ended)
    }),

  /** Adds 200 attributes of its own to one record, some of them at once. */
  deltas: () =>
    withSpace(async (space) => {
      await signalToStart()
      for (let round = 0; round < 20; round += 1) {
        const names = [...Array(10).keys()].map((n) => `${process.pid}-${round}-${n}`)
        const save = (name: string) =>
          space.save({ mode: 'update', id: 'shared', version: name, set: new Map([[name, bytes(100)]]) }, { now })
        await Promise.all(names.map(save))
      }
    }),

  /** Changes one record until it is killed; the attribute `last` is always its version. */
  versions: () =>
    withSpace(async (space) => {
      for (let n = 0; ; n += 1) {
        const set = new Map([['last', Buffer.from(`${n}`)]])
        await space.save({ mode: 'update', id: 'shared', version: `${n}`, set }, { now })
        if (n === 0) await report('begun')
      }
    }),

  /** Answers each id with the attribute names of the record as it is then. */
  read: () =>
    withSpace(async (space) => {
      const orders = on(process, 'message')
      await report('ready')
      for await (const [id] of orders) {
        if (id === '') break
        const found = await space.load(id, { now })
        await report(found.status === 'loaded' ? [...found.record.attributes.keys()] : found.status)
      }
      process.disconnect()
    }),

  /** Reports whether it could open the store; then adds a record whenever it is asked to, and reports how many there are. */
  count: async () => {
    const orders = on(process, 'message') // keeps those that come while one is carried out
    const driver = await unopened(directory)
    const failure = await driver.open().catch(({ code, message }) => ({ code, message }))
    await report(failure ?? 'opened')
    if (failure) return process.disconnect()
    const space = driver.space('shop:session', { endGraceMs: 0 })
    for await (const [message] of orders) {
      if (message !== 'count') break
      const id = String(await space.count({ now }))
      await space.save(creation(id), { now })
      await report(await space.count({ now }))
    }
    await driver.close()
    process.disconnect()
  },

  /** Creates records, one after another and in batches, until it is killed, and reports each that was acknowledged. */
  create: () =>
    withSpace(async (space) => {
      for (let n = 0; ; n += 3) {
        const ids = [n, n + 1, n + 2].map(String)
        await Promise.all(ids.map((id) => space.save(creation(id, { set: new Map([['a', bytes(3000)]]) }), { now })))
        void report(ids)
      }
    }),

  /** Asked whether its caller has given up, which is in the middle of a transaction. */
  exitWhileWriting: () =>
    withSpace(async (space) => {
      // Asked for in the middle of the transaction.
      const deadline = {
        leftMs: 1_000,
        signal: new AbortController().signal,
        get isPast(): boolean {
          return process.exit()
        },
      }
      await space.save(creation('before'), { now })
      await space.save(creation('at exit'), { now, deadline })
    }),

  /** Opens the store as nobody. */
  unprivileged: async () => {
    const driver = await unopened(directory)
    if (process.getuid?.() === 0) process.setuid?.(65534)
    await driver.open().then(
      () => report('opened'),
      ({ code, message }) => report({ code, message }),
    )
  },

  /** Fills a disk on which another file takes 1 MB, goes on reading, goes on writing when that file is gone. */
  fillBesideOther: async () => {
    const other = join(directory, 'other')
    await writeFile(other, bytes(2 ** 20))
    await withSpace(async (space) => {
      const refusals: unknown[] = []
      let held = 0
      for (; refusals.length === 0; held += 1)
        await space
          .save(creation(`${held}`, { set: new Map([['a', bytes(150_000)]]) }), { now })
          .catch(({ code }) => refusals.push(code))
      const readable = await space.load('0', { now })
      await rm(other)
      const again = await space.save(creation(`${held - 1}`, { set: new Map([['a', bytes(150_000)]]) }), { now })
      await report({
        refusals,
        readable: readable.status,
        again: again.status,
        count: (await space.count({ now })) - held,
      })
    })
  },

  /** Fills the disk, goes on reading, makes room, goes on writing. */
  fill: () =>
    withSpace(async (space) => {
      const save = (id: number) => space.save(creation(`${id}`, { set: new Map([['a', bytes(150_000)]]) }), { now })
      const fill = async (id: number): Promise<{ held: number; refusal: unknown }> => {
        const refusal = await save(id).then(
          () => undefined,
          ({ code }) => code,
        )
        return refusal ? { held: id, refusal } : fill(id + 1)
      }
      const { held, refusal } = await fill(0)
      const readable = await space.load('0', { now })
      for (const id of ['0', '1', '2', '3']) await remove(space, id)
      const again = await save(held)
      await save(held + 1).catch(() => undefined)
      await report({ refusal, readable: readable.status, again: again.status })
    }),
}

await jobs[job]?.()
