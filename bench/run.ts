/*
 * Compares session libraries with koa-scopes: the CPU that each adds to its framework, and its commands to the store.
 *
 * Run: npm run bench [-- --group sql|hazelcast|mongodb|encrypt] [--quick] [--rate 1000] [--only '20 KB, read' --only koa-session]
 *
 * `--group`: `redis` by default. A whole run takes at most 17 minutes and writes results.md, results.json, results.svg and
 * results-small.svg here, or results-sql.* and so on; a partial run writes them to partial/.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { contestantsOf } from './contestants.js'
import { benchFolder, fileName } from './folder.js'
import { runAll } from './measure/run-all.js'
import { allSizes, barChart, smallSessions } from './report/bar-chart.js'
import { figuresOf } from './report/figures.js'
import { resultsPage } from './report/page.js'
import type { Results } from './report/results.js'
import { surroundings } from './report/surroundings.js'
import { selectionOf } from './selection.js'
import { measureAllTraffic } from './traffic/measure-traffic.js'

const args = process.argv.slice(2)
const selection = selectionOf(args)
const { group } = selection
const begin = performance.now()
const around = await surroundings(
  contestantsOf(group).map(({ storage }) => storage),
  group,
)

const traffic = await measureAllTraffic(selection)
const samples = await runAll(selection, begin + selection.plan.limitMs)
const results: Results = {
  group,
  command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  ...around,
  minutes: (performance.now() - begin) / 60_000,
  sampleMs: selection.plan.sampleMs,
  ratePerSecond: selection.plan.perSecond,
  rounds: Math.max(...samples.map(({ round }) => round)),
  figures: figuresOf(samples, traffic),
}

const folder = new URL(selection.isPartial ? 'partial/' : './', benchFolder)
await mkdir(folder, { recursive: true })
await writeFile(new URL(fileName(group, 'json'), folder), `${JSON.stringify(results, undefined, 2)}\n`)
await writeFile(new URL(fileName(group, 'svg'), folder), barChart(results, allSizes))
if (group === 'redis') await writeFile(new URL('results-small.svg', folder), barChart(results, smallSessions))
await writeFile(new URL(fileName(group, 'md'), folder), resultsPage(results))
console.error(`${fileName(group, 'md')} and its .json and .svg are in ${folder.pathname}`)
