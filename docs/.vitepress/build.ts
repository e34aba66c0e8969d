/*
 * Builds the site of docs/ into docs/.vitepress/dist. Fails if anything warns, and if a link or an anchor is dead.
 *
 * Run: npm run docs:build.
 */
import { build } from 'vitepress'
import { checkLinks } from './check-links.js'
import { Complaints } from './complaints.js'
import { docs } from './folders.js'
import { writeReference } from './reference.js'

const complaints = new Complaints()
await writeReference()
complaints.listen()
await build(docs)
const found = [...complaints.all, ...checkLinks()]
if (found.length > 0) {
  console.log(`\n${found.join('\n')}\n\nThe site has ${found.length} faults.`)
  process.exitCode = 1
}
