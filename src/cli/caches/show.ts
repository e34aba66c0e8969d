import { Output } from '../terminal/output.js'
import { withStores } from '../with-stores.js'
import { allInspected, isFailing } from './inspected.js'
import { reportLines } from './report.js'

/** Prints the health of each cache. The exit code is 1 if one is down or cannot be used. */
export async function showCaches(file: string, isJson: boolean): Promise<void> {
  const output = new Output()
  const caches = await withStores(file, allInspected)
  if (caches.some(isFailing)) process.exitCode = 1
  if (isJson) return output.json({ caches })
  for (const line of reportLines(caches, output)) await output.line(line)
}
