import type { DriverHealth } from '../../storage/contract.js'
import { isOutage } from '../../storage/guard/availability.js'
import type { RedisConnection } from './connection.js'
import { persistenceOf } from './info.js'
import { lua } from './lua.js'

const call = { operation: 'open' }

/** What an operator's visit asks besides: who the user is, what it may not do, and what a stop of the server would lose. */
export async function accessOf(connection: RedisConnection, prefix: string): Promise<Omit<DriverHealth, 'storeTime'>> {
  const [master] = connection.masters
  if (!master) return { warnings: [], details: {} }
  const [user, denied, persistence] = await Promise.all([
    answered(connection.commandTo<Buffer>(master, call, 'acl', 'whoami')),
    answered(connection.commandTo<readonly Buffer[] | null>(master, call, 'eval', lua('access'), 0, prefix)),
    persistenceOf(connection, master, call),
  ])
  const names = denied?.map(String)
  return {
    warnings: [...(names?.length ? [rightsWarning(names)] : []), ...(persistence.appendOnly ? [] : [lossWarning])],
    details: {
      ...(user !== undefined && { user: String(user) }),
      deniedCommands: names?.length === 0 ? 'none' : (names?.join(', ') ?? notKnown),
      ...persistence,
    },
  }
}

/** undefined if the user has no right to ask. */
const answered = <T>(reply: Promise<T>): Promise<T | undefined> =>
  reply.catch((error) => {
    if (isOutage(error)) throw error
    return undefined
  })

const notKnown = 'not known: the server is older than 7.0, or the user may not run eval'

const rightsWarning = (names: readonly string[]) =>
  `the user may not run ${names.join(', ')}, which the driver needs: grant the rights that docs/drivers/redis.md lists.`

const lossWarning =
  'appendonly is off: if the server stops without warning, all changes since its last snapshot are lost. Set it to yes if that is too much.'
