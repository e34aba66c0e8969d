/*
 * Measures the cost of many sessions: per request, in the store, in a node, at start, and at their ends.
 *
 * Run: npm run bench:scale [-- --quick]
 *
 * Writes scale.md, scale.json and scale.svg here; a quick run, which stops at 50,000 sessions, writes to partial/.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { benchFolder } from './folder.js'
import { surroundings } from './report/surroundings.js'
import { scaleChart } from './scale/chart.js'
import { scalePage } from './scale/page.js'
import { makePlace, type Place, rawBytes, type StoreName } from './scale/place.js'
import { measureEnds, nodeBytes, startUpMs } from './scale/processes.js'
import { measureRequests } from './scale/requests.js'
import type { Ends, NodeSize, ScaleResults, StoreSize } from './scale/results.js'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const counts = quick ? [1_000, 10_000, 50_000] : [1_000, 100_000, 1_000_000]
const endCount = quick ? 10_000 : 100_000
/** More sessions than these exceed a node's default memory. */
const mostInNode = 100_000
const rounds = quick ? 3 : 7
const storeNames: readonly StoreName[] = ['redis', 'lmdb']

const begin = performance.now()
const around = await surroundings('redis')
const places: Place[] = []
try {
  await fillPlaces()
  const results: ScaleResults = {
    command: quick ? 'npm run bench:scale -- --quick' : 'npm run bench:scale',
    ...around,
    rounds,
    rawBytes,
    requests: printed(await measureRequests(places, rounds)),
    stores: await storeSizes(),
    nodes: await nodeSizes(),
    ends: await ends(),
    minutes: (performance.now() - begin) / 60_000,
  }
  await write(results)
} finally {
  await Promise.all(places.map(({ storage }) => storage.stop()))
}

async function fillPlaces(): Promise<void> {
  for (const count of counts) {
    for (const store of storeNames) places.push(await makePlace(store, count))
  }
}

async function storeSizes(): Promise<readonly StoreSize[]> {
  const sizes: StoreSize[] = []
  for (const place of places) {
    const { storage, ...size } = place
    sizes.push(printed({ ...size, startUpMs: await startUpMs(place) }))
  }
  return sizes
}

async function nodeSizes(): Promise<readonly NodeSize[]> {
  const sizes: NodeSize[] = []
  for (const place of places.filter(({ count }) => count <= mostInNode)) {
    const mode = place.store === 'redis' ? 'cluster: true' : 'memory-first'
    sizes.push(printed({ mode, count: place.count, bytes: await nodeBytes(place) }))
  }
  return sizes
}

async function ends(): Promise<readonly Ends[]> {
  const all: Ends[] = []
  for (const store of storeNames) {
    all.push(printed({ store, count: endCount, ...(await measureEnds(store, endCount)) }))
  }
  return all
}

/** Prints a result as soon as it is there. */
function printed<T>(result: T): T {
  console.error(((performance.now() - begin) / 1000).toFixed(0).padStart(4), 's', JSON.stringify(result))
  return result
}

async function write(results: ScaleResults): Promise<void> {
  const folder = new URL(quick ? 'partial/' : './', benchFolder)
  await mkdir(folder, { recursive: true })
  await writeFile(new URL('scale.json', folder), `${JSON.stringify(results, undefined, 2)}\n`)
  await writeFile(new URL('scale.svg', folder), scaleChart(results))
  await writeFile(new URL('scale.md', folder), scalePage(results))
}
