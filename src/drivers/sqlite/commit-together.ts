import { CommitAstray } from '../embedded/file-errors.js'
import { isBusy } from './busy.js'
import { resultCodeOf } from './client.js'
import type { OpenFile } from './open-file.js'
import * as codes from './result-codes.js'
import type { Job } from './write-queue.js'

/**
 * Commits jobs in one transaction, and answers their callers. If one fails, each gets a transaction of its own. Returns the
 * jobs that could not begin because another process writes.
 */
export function commitTogether(file: OpenFile, jobs: readonly Job[]): readonly Job[] {
  const waiting = jobs.filter((job) => !job.endIfGivenUp())
  if (waiting.length === 0) return []
  try {
    transact(file, waiting)
  } catch (error) {
    if (isBusy(error)) return waiting
    if (waiting.length > 1 && !(error instanceof CommitAstray))
      return waiting.flatMap((job) => commitTogether(file, [job]))
    for (const job of waiting) job.fail(error)
    return []
  }
  for (const job of waiting) job.settle()
  return []
}

function transact({ database, place }: OpenFile, jobs: readonly Job[]): void {
  place.verify()
  database.exec('begin immediate')
  try {
    for (const job of jobs) job.attempt()
    commit(() => database.exec('commit'))
  } finally {
    // Also SQLite may have ended it, as on a full disk.
    if (database.inTransaction) database.exec('rollback')
  }
  try {
    place.verifyAgain()
  } catch (cause) {
    throw new CommitAstray('the file went while a change was written', { cause })
  }
}

/** An I/O error leaves open whether the change will be there after the next start. */
function commit(task: () => void): void {
  try {
    task()
  } catch (cause) {
    if (resultCodeOf(cause) !== codes.ioError) throw cause
    throw new CommitAstray(`the commit failed: ${(cause as Error).message}`, { cause })
  }
}
