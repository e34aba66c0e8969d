import type { Command } from 'commander'
import type { ShownRecord } from '../../scopes/request/directory.js'
import type { ShownAttribute } from '../../scopes/request/shown-record.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { CommandFailed } from '../command-failed.js'
import { fileFrom, takesConfig } from '../config-file.js'
import { Output } from '../terminal/output.js'
import { ago, ahead } from '../terminal/span.js'
import { treeOf } from '../terminal/tree.js'
import { visible } from '../terminal/visible.js'
import { askedFor } from '../usage-error.js'
import { withStores } from '../with-stores.js'
import { applicationIn, name, type RecordFlags, takesApplication, wholeNumber } from './chosen.js'
import { jsonOf } from './json-record.js'
import { described } from './shown-info.js'

interface ShowFlags extends RecordFlags {
  readonly depth: number
}

const end = (kind: ScopeKind) => `
It counts as no visit. Values that cannot be decoded here are printed as bytes in hexadecimal, with the reason.
With --json each value is plain JSON, and "meta" has the types that JSON lacks, as superjson writes them.
Example: koa-scopes ${kind}s show Zk3Jq0Wl8nY2pT6vB4rX1g`

export function addShow(parent: Command, kind: ScopeKind): void {
  takesApplication(
    takesConfig(
      parent.command('show').argument('<id>', 'its whole id', name).description(`show one ${kind} with its values`),
    ),
  )
    .option('--depth <number>', 'how many levels of a value to show, from 0 to 100', wholeNumber(0, 100), 6)
    .option('--json', 'print one JSON document')
    .addHelpText('after', end(kind))
    .action((id: string, flags: ShowFlags) => show(id, kind, flags))
}

const show = (id: string, kind: ScopeKind, flags: ShowFlags): Promise<void> =>
  withStores(fileFrom(undefined, flags), async (stores) => {
    const application = applicationIn(stores.config, kind, flags)
    const directory = await stores.directory(application, kind)
    const record = await askedFor(() => directory.show(id))
    if (!record) throw new CommandFailed(`There is no live ${kind} ${visible(id)} of ${application}.${hint(id, kind)}`)
    const output = new Output()
    if (flags.json) return output.json({ application, scope: kind, ...jsonOf(record) })
    for (const line of linesOf(record, flags.depth)) await output.line(line)
  })

/** The ids that nodes make have 22 characters. A shorter one is most likely the start of one, copied from a narrow column. */
const hint = (id: string, kind: ScopeKind): string =>
  id.length < 22 && /^[\w-]+$/.test(id)
    ? ` If that is the start of an id: koa-scopes ${kind}s list --id-prefix ${id}`
    : ''

function linesOf(record: ShownRecord, depth: number): readonly string[] {
  const { attributes, authenticatedAt, description, expiresAt, hits, id, lastVisit, principal, timeCreated } = record
  const now = Date.now()
  const bytes = attributes.reduce((sum, attribute) => sum + attribute.bytes, 0)
  return [
    `id           ${visible(id)}`,
    `principal    ${principal === null ? '-' : visible(principal)}`,
    ...(authenticatedAt ? [`logged in    ${authenticatedAt.toISOString()}, ${ago(authenticatedAt, now)}`] : []),
    ...(description ? [`description  ${described(description)}`] : []),
    `created      ${timeCreated.toISOString()}, ${ago(timeCreated, now)}`,
    `last visit   ${lastVisit.toISOString()}, ${ago(lastVisit, now)}`,
    `expires      ${expiresAt ? `${expiresAt.toISOString()}, ` : ''}${ahead(expiresAt, now)}`,
    `hits         ${hits}`,
    `values       ${attributes.length}, ${bytes} bytes`,
    ...attributes.flatMap((attribute) => attributeLines(attribute, depth)),
  ]
}

function attributeLines(attribute: ShownAttribute, depth: number): readonly string[] {
  const { bytes, name } = attribute
  if ('encoded' in attribute)
    return [
      `  ${visible(name)}: cannot be decoded here, ${bytes} bytes: ${visible(attribute.reason)}`,
      `    ${Buffer.from(attribute.encoded).toString('hex')}`,
    ]
  const [first = '', ...others] = treeOf(name, attribute.value, depth)
  return [`${first}  (${bytes} bytes)`, ...others].map((line) => `  ${line}`)
}
