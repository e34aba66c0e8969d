import type { Command } from 'commander'
import { type FileFlags, fileFrom, takesFile } from '../config-file.js'

export function addStart(program: Command): void {
  takesFile(program.command('start').description('serve the applications of a configuration'))
    .addHelpText('after', '\nExample: koa-scopes start app.config.yaml')
    .action(async (file: string | undefined, flags: FileFlags) => {
      const { start } = await import('../start.js')
      await start(fileFrom(file, flags))
    })
}
