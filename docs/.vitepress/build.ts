/*
 * Builds the site of docs/ into docs/.vitepress/dist. Fails if anything warns, and if a link or an anchor is dead.
 *
 * Run: npm run docs:build.
 */
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vitepress'
import { complaints } from './complaints.js'
import { deadLinks } from './dead-links.js'
import { built, docs } from './folders.js'
import { writeReference } from './reference.js'

await writeReference()
const faults = complaints()
try {
  await build(docs)
  // Pages link to the dashboard, and configurations may name the schema by its address.
  for (const file of readdirSync(docs).filter((it) => it.endsWith('.json')))
    copyFileSync(join(docs, file), join(built, file))
  faults.push(...deadLinks())
} catch (error) {
  faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
if (faults.length > 0) {
  console.log(`\n${faults.join('\n')}\n\nThe site has faults: ${faults.length}`)
  process.exitCode = 1
}
