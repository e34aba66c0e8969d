import type { ScopeBasics } from '../environment.js'
import type { OpenRecord } from '../record/open-record.js'

/** If it is configured, looks after the response for values changed in place since the final commit. They are not saved, so it logs and emits them. */
export function reportLateChanges(environment: ScopeBasics, { attributes, id }: OpenRecord): void {
  const { emit, kind: scope, log, settings } = environment
  if (!settings.reportLateChanges) return
  try {
    const names = attributes.changedInPlace()
    if (names.length === 0) return
    log.warn({ scope, id, attributes: names }, 'values were changed after the final commit')
    emit('scope:late-change', { scope, id, names })
  } catch (error) {
    log.warn({ scope, id, err: error }, 'a value was changed after the final commit into one that cannot be stored')
  }
}
