#!/usr/bin/env node
import { assertSupportedNode } from '../container/supported-node.js'
import { reasonOf } from '../errors/scopes-error.js'

try {
  assertSupportedNode()
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`)
  process.exit(1)
}
// Not before, because an older Node cannot link all that it imports.
const { run } = await import('./run.js')
await run(process.argv.slice(2))
