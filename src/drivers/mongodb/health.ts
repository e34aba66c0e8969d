import type { CallOptions, DriverHealth } from '../../storage/contract.js'
import { isOutage } from '../../storage/guard/availability.js'
import { callOf } from '../network/call.js'
import type { Fields } from './client.js'
import type { Hello, MongoConnection } from './connection.js'

/** Reads the state of the servers and the size of the database, in three small commands. */
export async function healthOf(connection: MongoConnection, options: CallOptions): Promise<DriverHealth> {
  const call = callOf('health', options)
  const [hello, build, size] = await Promise.all([
    connection.measureClock(call),
    connection.command({ buildInfo: 1 }, call),
    connection.command({ dbStats: 1 }, call),
  ])
  return {
    storeTime: hello.time,
    warnings: replicationWarnings(hello),
    details: {
      version: String(build.version),
      mode: modeOf(hello),
      ...(hello.setName !== undefined && { replicaSet: hello.setName, members: hello.hosts.length }),
      documents: Number(size.objects),
      usedBytes: Number(size.dataSize),
    },
  }
}

/** Who the user is, and its roles, for an operator's visit. Empty if the server cannot say. */
export async function rightsOf(connection: MongoConnection, options: CallOptions): Promise<DriverHealth['details']> {
  const call = callOf('health', options)
  const { authInfo } = await connection.command({ connectionStatus: 1 }, call).catch((error) => {
    if (isOutage(error)) throw error
    return {} as Fields
  })
  const { authenticatedUsers, authenticatedUserRoles } = (authInfo ?? {}) as Fields
  const [user] = listOf(authenticatedUsers)
  if (user === undefined) return { user: 'none: the server knows no users, or asks for none' }
  const roles = listOf(authenticatedUserRoles).map(({ role, db }) => `${role} on ${db}`)
  return { user: String(user.user), roles: roles.join(', ') }
}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : [])

const modeOf = ({ isMongos, setName }: Hello): string =>
  isMongos ? 'sharded' : setName === undefined ? 'standalone' : 'replica set'

/** Warnings if a single server holds all records. */
function replicationWarnings({ isMongos, setName, hosts }: Hello): string[] {
  if (isMongos) return []
  if (setName === undefined)
    return [
      'The server is not part of a replica set: its failure ends the service, and a power cut may lose the saves of the last 100 ms.',
    ]
  return hosts.length < 2
    ? [`The replica set ${setName} has one member that holds records: its failure ends the service.`]
    : []
}
