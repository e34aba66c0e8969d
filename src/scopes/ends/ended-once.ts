import type { StoredRecord } from '../../storage/contract.js'
import type { ScopeBasics } from '../environment.js'
import { endedRecord } from './ended-record.js'
import { type EndHandler, runEndHandler } from './run-end-handler.js'

/** Runs the end handler of a record that is in no store. One that throws is not tried again, because nothing keeps the record. */
export async function endedOnce(
  environment: ScopeBasics,
  record: StoredRecord,
  onEnd: EndHandler | undefined,
): Promise<void> {
  const { emit, kind: scope, log } = environment
  const ended = endedRecord(environment, { record, attempt: 1 })
  const { id, reason, attempt } = ended
  const fields = { scope, id, reason, attempt }
  try {
    await runEndHandler(environment, ended, onEnd)
    emit(`${scope}:end`, fields)
  } catch (error) {
    log.error({ ...fields, err: error }, 'an end handler failed; that of a sealed record is not tried again')
    emit(`${scope}:dead-letter`, { ...fields, error })
  }
}
