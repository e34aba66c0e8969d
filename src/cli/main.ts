#!/usr/bin/env node
import { assertSupportedNode } from '../container/supported-node.js'
import { reasonOf } from '../errors/scopes-error.js'

/** What a client that still tries to connect to a store is left before the process ends anyway. */
const exitMs = 1_000

/**
 * A reader such as `head` may close the pipe early, or the terminal may go. What is left to print is then of no use; a command goes
 * on, and its exit code is as usual.
 */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
    })
}

try {
  assertSupportedNode()
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`)
  process.exit(1)
}
surviveClosedOutput()
// Not before, because an older Node cannot link all that it imports.
const { run } = await import('./run.js')
await run(process.argv.slice(2))
if (process.exitCode === 1) setTimeout(() => process.exit(), exitMs).unref()
