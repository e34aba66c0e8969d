import type { Command } from 'commander'
import type { RecordInfo } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { fileFrom, takesFile } from '../config-file.js'
import { Output } from '../terminal/output.js'
import { Table } from '../terminal/table.js'
import { visible } from '../terminal/visible.js'
import { withStores } from '../with-stores.js'
import { applicationIn, name, type RecordFlags, takesApplication, wholeNumber } from './chosen.js'
import { allPages, type Found, type Sought, somePages } from './found.js'
import { cellsOf, columns } from './shown-info.js'

interface ListFlags extends RecordFlags, Sought {
  readonly all?: true
}

const end = (kind: ScopeKind) => `
Records come in no order. --id-prefix reads all records until it has enough, because no store has an index of it.
With --all --json each record is one line.
Example: koa-scopes ${kind}s list --principal ada --json`

export function addList(parent: Command, kind: ScopeKind): void {
  takesApplication(takesFile(parent.command('list').description(`list live ${kind}s`)))
    .option('-p, --principal <name>', 'only those of this principal', name)
    .option('--id-prefix <text>', 'only those whose id begins so')
    .option('--limit <number>', 'at most so many, from 1 to 1000', wholeNumber(1, 1000), 100)
    .option('--cursor <text>', 'go on where the page before ended')
    .option('--all', 'all of them, page by page')
    .option('--json', 'print one JSON document')
    .addHelpText('after', end(kind))
    .action((file: string | undefined, flags: ListFlags) => list(fileFrom(file, flags), kind, flags))
}

const list = (file: string, kind: ScopeKind, flags: ListFlags): Promise<void> =>
  withStores(file, async (stores) => {
    const application = applicationIn(stores.config, kind, flags)
    const directory = await stores.directory(application, kind)
    const output = new Output()
    if (flags.all) return listAll(output, kind, allPages(directory, flags), flags.json)
    const found = await somePages(directory, flags)
    if (!flags.json) return listSome(output, kind, found)
    const { cursor = null, isMore, items } = found
    return output.json({ application, scope: kind, items, cursor, isMore })
  })

async function listAll(
  output: Output,
  kind: ScopeKind,
  pages: AsyncIterable<readonly RecordInfo[]>,
  isJson = false,
): Promise<void> {
  let table: Table | undefined
  for await (const items of pages) {
    if (isJson) for (const item of items) await output.json(item, 0)
    else if (items.length > 0) table = await printed(output, items, table)
  }
  if (!isJson && !table) await output.line(`There is no such live ${kind}.`)
}

async function listSome(output: Output, kind: ScopeKind, { cursor, isMore, items }: Found): Promise<void> {
  if (items.length === 0) return output.line(`There is no such live ${kind}.`)
  await printed(output, items)
  if (cursor !== undefined) await output.line(`\nThere may be more: --cursor ${visible(cursor)}, or --all`)
  else if (isMore) await output.line('\nThere may be more: raise --limit, or take --all')
}

/** Prints the records as rows, after the head of a new table unless one is given. Returns the table. */
async function printed(output: Output, items: readonly RecordInfo[], begun?: Table): Promise<Table> {
  const now = Date.now()
  const rows = items.map((item) => cellsOf(item, now))
  const table = begun ?? new Table(columns, rows, output.columns)
  if (!begun) await output.line(output.styled('bold', table.head))
  for (const row of rows) await output.line(table.row(row))
  return table
}
