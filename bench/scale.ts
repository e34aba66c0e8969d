/*
 * Measures the cost of many sessions: per request, in the store, in a node, at start, and at their ends.
 *
 * Run: npm run bench:scale [-- --quick] [--store postgres]
 *
 * Without `--store`, which may be repeated, it measures redis and lmdb. Writes scale.md, scale.json and scale.svg here, or with
 * `--store` scale-<stores>.*; a quick run, which stops at 50,000 sessions, writes to partial/.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { benchFolder } from './folder.js'
import { surroundings } from './report/surroundings.js'
import { scaleChart } from './scale/chart.js'
import { scalePage } from './scale/page.js'
import { isStoreName, makePlace, type Place, rawBytes, type StoreName } from './scale/place.js'
import { measureEnds, nodeBytes, startUpMs } from './scale/processes.js'
import { measureRequests } from './scale/requests.js'
import type { Ends, NodeSize, ScaleResults, StoreSize } from './scale/results.js'

const usual: readonly StoreName[] = ['redis', 'lmdb']

const args = process.argv.slice(2)
const { quick, store: wanted = [] } = parseArgs({
  args,
  options: { quick: { type: 'boolean', default: false }, store: { type: 'string', multiple: true } },
}).values
const known = wanted.filter(isStoreName)
if (known.length < wanted.length) throw new RangeError(`Not all are stores that can be measured: ${wanted.join(', ')}`)
const storeNames = known.length > 0 ? known : usual
const name = known.length > 0 ? `scale-${known.join('-')}` : 'scale'
const counts = quick ? [1_000, 10_000, 50_000] : [1_000, 100_000, 1_000_000]
const endCount = quick ? 10_000 : 100_000
/** More sessions than these exceed a node's default memory. */
const mostInNode = 100_000
const rounds = quick ? 3 : 7

const begin = performance.now()
const around = await surroundings(storeNames)
const places: Place[] = []
try {
  await fillPlaces()
  const results: ScaleResults = {
    name,
    command: ['npm run bench:scale', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
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
    for (const store of storeNames) places.push(printed(await makePlace(store, count)))
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
    sizes.push(printed({ mode: modeOn(place.store), count: place.count, bytes: await nodeBytes(place) }))
  }
  return sizes
}

function modeOn(store: StoreName): string {
  if (store === 'lmdb') return 'memory-first'
  return store === 'redis' ? 'cluster: true' : `cluster: true on ${store}`
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
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(results, undefined, 2)}\n`)
  await writeFile(new URL(`${name}.svg`, folder), scaleChart(results))
  await writeFile(new URL(`${name}.md`, folder), scalePage(results))
}
