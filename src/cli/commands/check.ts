import type { Command } from 'commander'
import { type FileFlags, fileFrom, takesFile } from '../config-file.js'

interface CheckFlags extends FileFlags {
  readonly connect?: true
  readonly json?: true
}

const end = `
Without --connect nothing is opened. With it each store is opened as a visit, which changes nothing in it; the exit code is 1 if
one cannot be used.
Example: koa-scopes check --connect`

export function addCheck(program: Command): void {
  takesFile(program.command('check').description('read a configuration and print what would run'))
    .option('--connect', 'open each store, and print its version, rights, settings, clock and schema')
    .option('--json', 'print one JSON document')
    .addHelpText('after', end)
    .action(async (file: string | undefined, { connect, json, ...flags }: CheckFlags) => {
      const { check } = await import('../check.js')
      await check(fileFrom(file, flags), { connects: connect ?? false, isJson: json ?? false })
    })
}
