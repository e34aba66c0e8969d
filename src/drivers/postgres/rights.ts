import type { DriverHealth } from '../../storage/contract.js'
import type { Call } from '../network/call.js'
import type { Connections } from './connections.js'
import type { PostgresOptions } from './options.js'

interface RightsRow {
  readonly user: string
  readonly owner: string | null
  readonly may_create_schema: boolean
  readonly denied: string | null
}

/** What the user may do, for an operator's visit. */
export async function rightsOf(
  connections: Connections,
  { schema }: PostgresOptions,
  call: Call,
): Promise<Omit<DriverHealth, 'storeTime'>> {
  const [row] = await connections.run<RightsRow>('rights', [schema], call)
  if (!row) return { warnings: [], details: {} }
  const { denied, may_create_schema, owner, user } = row
  return {
    warnings:
      denied === null ? [] : [`the user ${user} lacks ${denied}, which the driver needs: grant it, or use the owner.`],
    details: {
      user,
      schema,
      schemaOwner: owner ?? 'nobody: there is no such schema',
      mayCreateSchema: may_create_schema,
      deniedRights: denied ?? 'none',
    },
  }
}
