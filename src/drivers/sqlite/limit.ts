import type { OpenFile } from './open-file.js'
import type { Statements } from './statements.js'
import { Refused } from './write-job.js'

export const bytesInUse = (statements: Statements): number => Number(statements['bytes-in-use'].get([])?.[0] ?? 0)

/** Makes a change that adds content. If more than `maxBytes` are in use then, undoes it and throws Refused. */
export function withinLimit<T>({ database, statements }: OpenFile, maxBytes: number, change: () => T): T {
  const before = bytesInUse(statements)
  database.exec('savepoint change')
  const result = change()
  const isWithin = bytesInUse(statements) <= Math.max(before, maxBytes)
  if (!isWithin) database.exec('rollback to change')
  database.exec('release change')
  if (isWithin) return result
  throw new Refused(`its maxBytes of ${maxBytes} are in use`)
}
