import { Command } from 'commander'
import { addCaches } from './commands/caches.js'
import { addCheck } from './commands/check.js'
import { addMove } from './commands/move.js'
import { addClients, addSessions } from './commands/records.js'
import { addSchema } from './commands/schema.js'
import { addStart } from './commands/start.js'
import { packageVersion } from './version.js'

/** Each adds one command to the program. A further command is one more file in `commands`, and one more name here. */
const commands: readonly ((program: Command) => void)[] = [
  addStart,
  addCheck,
  addCaches,
  addSessions,
  addClients,
  addMove,
  addSchema,
]

const end = `
The configuration is app.config.yaml unless another one is named. LOG_LEVEL=debug shows more in the log of start, LOG_LEVEL=warn less.
Exit codes: 0 done, 1 failed or not found, 2 wrong usage.`

/** The command line. Throws CommanderError in place of ending the process. */
export function program(): Command {
  const root = new Command('koa-scopes')
    .description('Serves Koa applications with scopes, and shows an operator what their stores hold.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .addHelpText('after', end)
    .exitOverride()
  for (const add of commands) add(root)
  return root
}
