import type { Command } from 'commander'
import type { Directory, RecordInfo } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { CommandFailed } from '../command-failed.js'
import { fileFrom, takesConfig } from '../config-file.js'
import { canAsk, confirmed } from '../terminal/confirmed.js'
import { Output } from '../terminal/output.js'
import { visible } from '../terminal/visible.js'
import { askedFor, UsageError } from '../usage-error.js'
import { withStores } from '../with-stores.js'
import { applicationIn, name, type RecordFlags, takesApplication } from './chosen.js'
import { endAll } from './end-all.js'

interface EndFlags extends RecordFlags {
  readonly all?: true
  readonly principal?: string
  readonly except?: string
  readonly yes?: true
}

const end = (kind: ScopeKind) => `
A node of the application runs the end handlers, within about a second; without a node, the next one that starts does. With an id,
--principal ends the record only if it is this principal's. --all may miss a ${kind} that begins meanwhile. The exit code is 1 if
nothing was ended. The audit log of the admin page has no line of it.
Example: koa-scopes ${kind}s end --principal ada --except Zk3Jq0Wl8nY2pT6vB4rX1g --yes`

export function addEnd(parent: Command, kind: ScopeKind): void {
  takesApplication(
    takesConfig(
      parent
        .command('end')
        .argument('[id]', 'its whole id', name)
        .description(`end one ${kind}, all of a principal, or all`),
    ),
  )
    .option('-p, --principal <name>', 'all of this principal', name)
    .option('--all', `all ${kind}s of the application, as after a backup was restored`)
    .option('--except <id>', 'but this one', name)
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .option('--json', 'print one JSON document')
    .addHelpText('after', end(kind))
    .action((id: string | undefined, flags: EndFlags) => endRecords(id, kind, flags))
}

async function endRecords(id: string | undefined, kind: ScopeKind, flags: EndFlags): Promise<void> {
  const { json, yes } = flags
  checkUse(id, kind, flags)
  if (!yes && !canAsk()) throw new UsageError('There is no terminal to ask at. Add --yes to end them.')
  await withStores(fileFrom(undefined, flags), async (stores) => {
    const application = applicationIn(stores.config, kind, flags)
    const directory = await stores.directory(application, kind)
    const about = { kind, application }
    if (!yes && flags.all) await askForAll(await directory.count(), about)
    else if (!yes) await ask(await askedFor(() => matching(directory, id, flags)), about)
    const ended = await askedFor(() => endThem(directory, id, flags))
    if (ended === 0) throw new CommandFailed(nothingFound(about))
    const output = new Output()
    if (json) return output.json({ application, scope: kind, ended })
    return output.line(`Ended ${ended} ${ended === 1 ? kind : `${kind}s`} of ${application}.`)
  })
}

function checkUse(id: string | undefined, kind: ScopeKind, { all, except, principal }: EndFlags): void {
  if (all && (id !== undefined || principal !== undefined))
    throw new UsageError('--all ends all of them: name no id and no --principal beside it.')
  if (!all && id === undefined && principal === undefined)
    throw new UsageError(`Name the id of a ${kind}, or a --principal, or --all.`)
  if (id !== undefined && except !== undefined)
    throw new UsageError('--except belongs to --principal or --all, not to an id.')
}

interface About {
  readonly kind: ScopeKind
  readonly application: string
}

type Ending = Pick<Directory<object>, 'end' | 'find' | 'list' | 'show'>

function endThem(directory: Ending, id: string | undefined, { all, except, principal }: EndFlags): Promise<number> {
  if (all) return endAll(directory, except)
  return id === undefined
    ? directory.end({ principal: principal ?? '' }, except === undefined ? {} : { except })
    : directory.end(id, principal === undefined ? {} : { principal })
}

/** The records that would be ended now. */
async function matching(
  directory: Ending,
  id: string | undefined,
  { except, principal }: EndFlags,
): Promise<readonly RecordInfo[]> {
  if (id === undefined) {
    const found = await directory.find({ principal: principal ?? '' })
    return found.filter((info) => info.id !== except)
  }
  const record = await directory.show(id)
  return record && (principal === undefined || record.principal === principal) ? [record] : []
}

/** Throws CommandFailed unless the answer is yes, and if there is nothing to end. */
async function ask(infos: readonly RecordInfo[], about: About): Promise<void> {
  const [first] = infos
  if (!first) throw new CommandFailed(nothingFound(about))
  const { application, kind } = about
  const whose = first.principal === null ? 'no principal' : visible(first.principal)
  const what = infos.length === 1 ? `the ${kind} ${visible(first.id)}` : `${infos.length} ${kind}s`
  if (!(await confirmed(`End ${what} of ${whose} in ${application}?`))) throw new CommandFailed('Nothing was ended.')
}

/** `count` may be approximate. */
async function askForAll(count: number, { application, kind }: About): Promise<void> {
  const what = count === 1 ? `the one ${kind}` : `all ${count} ${kind}s`
  if (!(await confirmed(`End ${what} of ${application}?`))) throw new CommandFailed('Nothing was ended.')
}

const nothingFound = ({ application, kind }: About): string => `There is no such live ${kind} of ${application}.`
