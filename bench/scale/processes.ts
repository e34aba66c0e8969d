import { ServerProcess } from '../load/server-process.js'
import { medianOf } from '../measure/statistics.js'
import type { EndsReport } from '../servers/koa-scopes-reaper.js'
import { makePlace, type Place, type StoreName } from './place.js'

const variants: Readonly<Record<StoreName, string>> = { redis: 'cluster', lmdb: 'memory', postgres: 'cluster' }

/** The arguments of a server of koa-scopes on this store. */
const parametersFor = (address: string, store: StoreName) => [address, store, variants[store]]

/** Bytes of memory per session in a node that holds all sessions of a place. */
export async function nodeBytes({ count, storage, store }: Place): Promise<number> {
  const holder = await ServerProcess.start('koa-scopes-holder', parametersFor(storage.address, store), ['--expose-gc'])
  const bytes = Number(await holder.ask(count))
  await holder.stop()
  return bytes / count
}

/** Milliseconds from starting the process to listening. */
export async function startUpMs({ storage, store }: Place): Promise<number> {
  const all: number[] = []
  for (let i = 0; i < 3; i += 1) {
    const begin = performance.now()
    const server = await ServerProcess.start('koa-scopes', parametersFor(storage.address, store))
    all.push(performance.now() - begin)
    await server.stop()
  }
  return medianOf(all)
}

/** The cost for one node of running `onSessionEnd` for `count` sessions that expired while no node ran. */
export async function measureEnds(store: StoreName, count: number): Promise<EndsReport> {
  const { storage } = await makePlace(store, count, 3_600_000)
  const reaper = await ServerProcess.start('koa-scopes-reaper', parametersFor(storage.address, store))
  const report = (await reaper.ask(count)) as EndsReport
  await reaper.stop()
  await storage.stop()
  return report
}
