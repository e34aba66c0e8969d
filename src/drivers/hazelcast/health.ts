import type { CallOptions, DriverHealth } from '../../storage/contract.js'
import { callOf } from '../network/call.js'
import { backupsOf } from './backups.js'
import type { Member } from './client.js'
import type { HazelcastConnection } from './connection.js'
import type { MembersJar } from './members-jar.js'
import { healthName } from './names.js'

/** Looks at the members and, unless `isVisit`, writes one entry to see how many backups it gets. */
export async function healthOf(
  connection: HazelcastConnection,
  jar: MembersJar,
  { prefix, isVisit }: { readonly prefix: string; readonly isVisit: boolean },
  options: CallOptions,
): Promise<DriverHealth> {
  const call = callOf('health', options)
  const map = await connection.map<string>(call, healthName(prefix))
  const backups = isVisit
    ? await connection.read(call, () => map.get('last').then(() => undefined))
    : await connection.write(call, (client) => backupsOf(client, () => map.set('last', 'seen')))
  const members = connection.members.filter(({ liteMember }) => !liteMember)
  return {
    warnings: [...memberWarnings(members), ...backupWarnings(members, backups), ...jar.warnings],
    details: {
      members: members.length,
      versions: [...new Set(members.map(versionOf))].join(', '),
      membersJar: jar.state,
      ...(backups !== undefined && { backups }),
    },
  }
}

const versionOf = ({ version: { major, minor, patch } }: Member): string => `${major}.${minor}.${patch}`

function memberWarnings(members: readonly Member[]): string[] {
  if (members.length > 1) return []
  return ['The cluster has a single member: if it stops, all sessions are lost. Start a second one.']
}

function backupWarnings(members: readonly Member[], backups: number | undefined): string[] {
  if (members.length < 2 || backups !== 0) return []
  return [
    'Writes have no backup: if a member stops, its part of the sessions is lost. Set backup-count of the maps to 1 or more.',
  ]
}
