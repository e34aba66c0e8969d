import type { Command } from 'commander'
import { type FileFlags, fileFrom, takesFile } from '../config-file.js'

interface SchemaFlags extends FileFlags {
  readonly sql?: string
}

const end = `
Without --sql it prints the JSON Schema of configuration files.
Example: koa-scopes schema --sql postgres app.config.yaml`

export function addSchema(program: Command): void {
  takesFile(
    program.command('schema').description('print the JSON Schema of configuration files, or the SQL of the tables'),
  )
    .option('--sql <driver>', 'print the SQL statements that create the tables: postgres, mariadb or sqlite')
    .addHelpText('after', end)
    .action(async (file: string | undefined, { sql, ...flags }: SchemaFlags) => {
      const { schema, sqlSchema } = await import('../schema.js')
      const given = file ?? flags.config
      if (sql === undefined) await schema()
      else await sqlSchema(sql, given === undefined ? undefined : fileFrom(file, flags))
    })
}
