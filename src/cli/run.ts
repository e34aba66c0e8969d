import { CommanderError } from 'commander'
import { isScopesError } from '../errors/scopes-error.js'
import { CommandFailed } from './command-failed.js'
import { withoutHyphenedIds } from './hyphened-ids.js'
import { program } from './program.js'
import { OutputClosed } from './terminal/output.js'
import { visible } from './terminal/visible.js'
import { UsageError } from './usage-error.js'

/** Runs a command to its end, and sets the exit code of the process. */
export const run = (args: readonly string[]): Promise<unknown> =>
  program().parseAsync(withoutHyphenedIds(args), { from: 'user' }).catch(fail)

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
