import { CommanderError } from 'commander'
import { isScopesError } from '../errors/scopes-error.js'
import { CommandFailed } from './command-failed.js'
import { withoutHyphenedIds } from './hyphened-ids.js'
import { program } from './program.js'
import { OutputClosed } from './terminal/output.js'
import { visible } from './terminal/visible.js'
import { UsageError } from './usage-error.js'

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

function fail(error: unknown): void {
  if (error instanceof OutputClosed) return
  process.exitCode = exitCodeOf(error)
  if (error instanceof CommanderError) return // it has printed its message
  const isExpected = error instanceof UsageError || error instanceof CommandFailed || isScopesError(error)
  const text = isExpected || !(error instanceof Error) ? messageOf(error) : `${error.stack}`
  process.stderr.write(`${text.split('\n').map(visible).join('\n')}\n`)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof UsageError ? 2 : 1
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Runs the command that these arguments name, and sets the exit code. */
export async function run(args: readonly string[]): Promise<void> {
  surviveClosedOutput()
  await program().parseAsync(withoutHyphenedIds(args), { from: 'user' }).catch(fail)
  if (process.exitCode === 1) setTimeout(() => process.exit(), exitMs).unref()
}
