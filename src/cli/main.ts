#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { ScopesError } from '../errors/scopes-error.js'
import { check } from './check.js'
import { defaultFile } from './default-file.js'
import { move } from './move.js'
import { schema, sqlSchema } from './schema.js'
import { start } from './start.js'
import { UsageError } from './usage-error.js'

const usage = `Usage: koa-scopes <command> [file]

  start [file]   serve the applications of a configuration
  check [file]   read a configuration and print what would run
  schema         print the JSON Schema of configuration files
  schema --sql postgres|mariadb|sqlite [file]
                 print the SQL statements that create the tables
  move [file] --application name --from cache --to cache
                 move sessions and clients to another cache; --scope session|client, --limit-rate n (a second),
                 --dry-run, --offline (no node runs), --no-verify, --json

The file defaults to ${defaultFile}. LOG_LEVEL=debug shows more in the log, LOG_LEVEL=warn less. Exit codes: 0 done, 1 failed, 2 wrong usage.
`

const commands = new Map<string, (file: string) => Promise<void>>(Object.entries({ start, check, schema }))

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

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      sql: { type: 'string' },
      application: { type: 'string' },
      scope: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'limit-rate': { type: 'string' },
      'dry-run': { type: 'boolean' },
      offline: { type: 'boolean' },
      'no-verify': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })
  const [name, file, ...rest] = positionals
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  if (name === 'move' && rest.length === 0) return (await move(file ?? defaultFile, values)) ? 0 : 1
  const command = commands.get(name ?? '')
  if (!command || rest.length > 0) {
    if (name !== undefined && !command) process.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n`)
    process.stderr.write(usage)
    return 2
  }
  if (values.sql !== undefined && name !== 'schema') throw new UsageError('--sql belongs to the command schema.')
  if (values.sql !== undefined) await sqlSchema(values.sql, file)
  else await command(file ?? defaultFile)
  return 0
}

surviveClosedOutput()
main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    const isUsage =
      error instanceof UsageError ||
      (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    const text = error instanceof ScopesError || isUsage ? error.message : error?.stack
    process.stderr.write(`${text}\n`)
    process.exitCode = isUsage ? 2 : 1
  },
)
