/*
 * Checks whether koa-scopes has become slower: compares the ratios of results.json with bounds.json, and exits with 1 if one
 * is beyond its bound. Timings differ from run to run, so this is not a test; it is run by hand.
 *
 * Run: npm run bench && npm run bench:check [-- --record]
 *
 * `--record` writes new bounds from the present results instead: each ratio plus a quarter.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { benchFolder } from './folder.js'
import { ratiosOf } from './report/ratios.js'

const margin = 1.25
/** A smaller ratio is mostly noise, so its bound leaves room for that. */
const leastBound = 0.2

const boundsFile = new URL('bounds.json', benchFolder)
const { record } = parseArgs({ options: { record: { type: 'boolean', default: false } } }).values
const ratios = ratiosOf(await read(new URL('results.json', benchFolder)))
if (record) await recordBounds()
else await check()

async function recordBounds(): Promise<void> {
  const bounds = [...ratios].map(([name, ratio]) => [name, Math.max(Number((ratio * margin).toFixed(2)), leastBound)])
  await writeFile(boundsFile, `${JSON.stringify(Object.fromEntries(bounds), undefined, 2)}\n`)
  console.log(`${bounds.length} bounds are recorded`)
}

async function check(): Promise<void> {
  const bounds: Record<string, number> = await read(boundsFile)
  const verdicts = Object.entries(bounds).map(([name, bound]) => verdictOn(name, bound))
  const failures = verdicts.filter((verdict) => verdict !== undefined)
  for (const failure of failures) console.log(failure)
  console.log(`${failures.length} of ${verdicts.length} ratios are beyond their bounds`)
  if (failures.length > 0) process.exitCode = 1
}

function verdictOn(name: string, bound: number): string | undefined {
  const ratio = ratios.get(name)
  if (ratio === undefined) return `${name}: not measured`
  return ratio > bound ? `${name}: ${ratio.toFixed(2)}, at most ${bound}` : undefined
}

async function read(file: URL) {
  return JSON.parse(await readFile(file, 'utf8'))
}
