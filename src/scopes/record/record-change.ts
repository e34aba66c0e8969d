import type { RecordCreate, RecordHead, RecordUpdate, SaveResult, Touch, Version } from '../../storage/contract.js'
import { newHead } from '../../storage/record.js'
import type { Mutable } from '../../support/mutable.js'
import type { Delta } from '../attributes/delta.js'
import type { ScopeBasics } from '../environment.js'
import type { CommitOutcome, HeadChange } from './open-record.js'

/** The head of a record that is not stored yet. */
export function provisionalHead(environment: ScopeBasics, id: string, seal: string, idleMs: number | null): RecordHead {
  const now = environment.clock.now()
  const { lifetimeMs } = environment.settings
  const endsAt = lifetimeMs === null ? null : now + lifetimeMs
  const create: RecordCreate = {
    mode: 'create',
    id,
    version: environment.newVersion(),
    seal,
    life: { idleMs, endsAt },
    touch: { touchedAt: now, hits: 1 },
  }
  return newHead(create, now)
}

/** Whether a new record has nothing to store: no attributes, no principal, and nobody keeps it for another reason. */
export const isVoid = (isKept: boolean, delta: Delta, change: HeadChange): boolean =>
  delta.set.size === 0 && !isKept && typeof change.principal !== 'string'

export function creation(head: RecordHead, delta: Delta, change: HeadChange, touch: Touch): RecordCreate {
  const { description, life, principal, reseal } = change
  const create: Mutable<RecordCreate> = {
    mode: 'create',
    id: head.id,
    version: head.version,
    seal: reseal?.to ?? head.seal,
    life: { idleMs: head.idleMs, endsAt: head.endsAt, ...life },
    touch,
    set: delta.set,
  }
  if (typeof principal === 'string') create.principal = principal
  if (typeof description === 'string') create.description = description
  return create
}

/** The change that updates a record. Built in steps, because spreading several optional parts takes many times as long. */
export function update(
  id: string,
  version: Version,
  { set, unset }: Delta,
  change: HeadChange,
  dropIfEmpty: boolean,
): RecordUpdate {
  const update: Mutable<RecordUpdate> = { mode: 'update', id, version, ...change }
  if (set.size > 0) update.set = set
  if (unset.size > 0) update.unset = [...unset]
  if (dropIfEmpty && set.size === 0 && unset.size > 0 && !needsRecord(change)) update.dropIfEmpty = true
  return update
}

/** Whether a change needs a record that is not vacant: an ending runs the end handler, and a new secret must open a record. */
const needsRecord = ({ ending, reseal }: HeadChange) => ending !== undefined || reseal !== undefined

/** The delta of a change that may clear: all of `names` are removed except those that `clear` keeps. */
export function cleared(delta: Delta, { clear }: HeadChange, names: Iterable<string>): Delta {
  if (!clear) return delta
  const keeps = new Set(clear.except)
  const set = new Map([...delta.set].filter(([name]) => keeps.has(name)))
  const unset = new Set([...delta.unset, ...[...names].filter((name) => !keeps.has(name))])
  return { set, unset }
}

/** Whether a change has an effect besides its condition `ifVersion`. */
export const hasChange = (change: HeadChange): boolean => Object.keys(change).some((key) => key !== 'ifVersion')

/** The outcome of a commit whose save was not applied. Throws for an answer that a correct driver cannot give to this save. */
export function refusal(result: SaveResult): CommitOutcome {
  switch (result.status) {
    case 'missing':
    case 'conflict':
    case 'resealed':
    case 'unlocked':
      return result.status
    default:
      throw new TypeError(`The driver answered "${result.status}" to a save that cannot have this outcome`)
  }
}
