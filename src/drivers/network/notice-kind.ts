import type { ChangeNotice, RecordChange, SaveResult } from '../../storage/contract.js'

const kinds: readonly unknown[] = ['saved', 'ended', 'unlocked'] satisfies ChangeNotice['kind'][]

/** Whether a text that came from the store names a kind of notice. */
export const isNoticeKind = (kind: unknown): kind is ChangeNotice['kind'] => kinds.includes(kind)

/** What other nodes are told of a save; undefined of a creation, and of what was not saved. */
export function kindOfSave(change: RecordChange, result: SaveResult): 'saved' | 'ended' | undefined {
  if (change.mode === 'create' || result.status !== 'saved') return undefined
  return change.ending !== undefined || result.dropped === true ? 'ended' : 'saved'
}
