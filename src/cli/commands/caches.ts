import type { Command } from 'commander'
import { type FileFlags, fileFrom, takesFile } from '../config-file.js'

interface CachesFlags extends FileFlags {
  readonly json?: true
}

const end = `
Each store is opened as a visit, which changes nothing in it. The exit code is 1 if one is down or cannot be used.
Example: koa-scopes caches --json | jq '.caches[] | select(.status != "up")'`

export function addCaches(program: Command): void {
  takesFile(program.command('caches').description('show the health of each cache'))
    .option('--json', 'print one JSON document')
    .addHelpText('after', end)
    .action(async (file: string | undefined, { json, ...flags }: CachesFlags) => {
      const { showCaches } = await import('../caches/show.js')
      await showCaches(fileFrom(file, flags), json ?? false)
    })
}
