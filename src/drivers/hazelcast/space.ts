import type { Space } from '../../storage/contract.js'
import { spaceOnTable } from '../../storage/space-on-table.js'
import type { HazelcastRecords } from './records.js'

/** The space on these records. They are counted by the members. */
export const spaceOn = (records: HazelcastRecords): Space =>
  Object.assign(spaceOnTable(records), { count: records.countLive.bind(records) })
