import type { Command } from 'commander'
import type { ScopeKind } from '../../scopes/settings.js'
import { addCount } from '../records/count.js'
import { addEnd } from '../records/end.js'
import { addList } from '../records/list.js'
import { addShow } from '../records/show.js'
import { addWatch } from '../records/watch.js'

const end = `
These commands open the store of the application and nothing else: no application is loaded, no handler runs here, and no visit
is counted. Values of classes that the application registers in code are shown as bytes.`

export const addSessions = (program: Command): void => addRecords(program, 'session')
export const addClients = (program: Command): void => addRecords(program, 'client')

function addRecords(program: Command, kind: ScopeKind): void {
  const parent = program
    .command(`${kind}s`)
    .description(`list, show, end, count or watch the ${kind}s of an application`)
    .helpCommand(false)
    .addHelpText('after', end)
  for (const add of [addList, addShow, addEnd, addCount, addWatch]) add(parent, kind)
}
