import type { DriverHealth } from '../../storage/contract.js'
import type { Call } from '../network/call.js'
import type { Database } from './database.js'
import { statementOf } from './statements.js'

const needed = ['SELECT', 'INSERT', 'UPDATE', 'DELETE']

/** What the user may do, for an operator's visit. A role, and a right on single tables, may add to it. */
export async function rightsOf(database: Database, call: Call): Promise<Omit<DriverHealth, 'storeTime'>> {
  const [row] = await database.transaction(call, (line) => line.query(statementOf('rights', '')))
  const user = String(row?.user ?? '')
  const rights = String(row?.rights ?? '')
  const lacking = needed.filter((right) => !rights.split(', ').includes(right))
  return {
    warnings:
      lacking.length === 0
        ? []
        : [
            `the user ${user} has no ${lacking.join(', ')} on the database, unless a role or a right on single tables gives it.`,
          ],
    details: { user, rights: rights === '' ? 'none on the whole database' : rights },
  }
}
