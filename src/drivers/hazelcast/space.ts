import type { Space } from '../../storage/contract.js'
import { spaceOnTable } from '../../storage/space-on-table.js'
import { MemberRecords, type RecordCalls } from './member-records.js'
import type { MembersJar } from './members-jar.js'
import type { HazelcastRecords } from './records.js'

/** The space on these records. Members that have the jar carry out the calls; without it each change is a read and a compare-and-set. */
export function spaceOn(records: HazelcastRecords, jar: MembersJar): Space {
  const table = spaceOnTable(records) as Space & RecordCalls
  const members = new MemberRecords(records)
  const carryOut = <T>(call: (calls: RecordCalls) => Promise<T>): Promise<T> =>
    jar.either(
      () => call(members),
      () => call(table),
    )
  return {
    load: (id, options) => carryOut((calls) => calls.load(id, options)),
    save: (change, options) => carryOut((calls) => calls.save(change, options)),
    claimExpired: (options) => carryOut((calls) => calls.claimExpired(options)),
    renew: (claims, options) => carryOut((calls) => calls.renew(claims, options)),
    settle: (claims, options) => carryOut((calls) => calls.settle(claims, options)),
    lock: (id, options) => carryOut((calls) => calls.lock(id, options)),
    unlock: (id, options) => carryOut((calls) => calls.unlock(id, options)),
    list: (query) => table.list(query),
    count: (options) => records.countLive(options),
  }
}
