import type { Command } from 'commander'
import { type FileFlags, fileFrom, takesFile } from '../config-file.js'
import type { MoveFlags } from '../move.js'

const end = `
Nodes may run meanwhile if their configuration has storage: { write: <to>, fallback: <from> }. It may be interrupted at any time, and goes
on when it is run again. The exit code is 1 if records are left.
Example: koa-scopes move --application shop --from embedded --to shared`

export function addMove(program: Command): void {
  takesFile(program.command('move').description('move sessions and clients to another cache'))
    .option('-a, --application <name>', 'the application')
    .option('--scope <kind>', 'session, client or all (default)')
    .option('--from <cache>', 'the cache that they leave')
    .option('--to <cache>', 'the cache that they move to')
    .option('--limit-rate <n>', 'move at most this many records a second')
    .option('--dry-run', 'count them, and change nothing')
    .option('--offline', 'no node runs, so the configuration need not name both caches')
    .option('--no-verify', 'do not compare a sample of them afterwards')
    .option('--json', 'print one JSON document')
    .addHelpText('after', end)
    .action(async (file: string | undefined, { config, ...flags }: FileFlags & MoveFlags) => {
      const { move } = await import('../move.js')
      const isDone = await move(fileFrom(file, config === undefined ? {} : { config }), flags)
      if (!isDone) process.exitCode = 1
    })
}
