import type {
  CallOptions,
  ChangeListener,
  ChangeNotice,
  Claim,
  ClaimOptions,
  RecordChange,
  SaveResult,
  Space,
  SpaceOptions,
} from '../../storage/contract.js'
import { kindOfSave } from '../network/notice-kind.js'
import { mayHaveApplied, type Notices } from './notices.js'

/** A space that publishes its changes once they are made, and can be watched. */
export function announced(space: Space, notices: Notices, kinds: SpaceOptions['notices'] = 'ends'): Space {
  const publishing = async <T>(change: Promise<T>, noticesOf: (result: T) => readonly ChangeNotice[]): Promise<T> => {
    try {
      const result = await change
      for (const notice of noticesOf(result)) if (kinds === 'all' || notice.kind !== 'saved') notices.publish(notice)
      return result
    } catch (error) {
      if (mayHaveApplied(error)) notices.publishGap()
      throw error
    }
  }
  const save = space.save.bind(space)
  const claimExpired = space.claimExpired.bind(space)
  const unlock = space.unlock?.bind(space)
  return Object.assign(space, {
    save: (change: RecordChange, options: CallOptions) =>
      publishing(save(change, options), (result) => saveNotices(change, result)),
    claimExpired: (options: ClaimOptions) => publishing(claimExpired(options), claimNotices),
    ...(unlock && {
      unlock: (id: string, options: CallOptions & { readonly token: string }) =>
        publishing(unlock(id, options), (isReleased) => (isReleased ? [{ kind: 'unlocked', id }] : [])),
    }),
    watch: (listener: ChangeListener) => notices.watch(listener),
  })
}

function saveNotices(change: RecordChange, result: SaveResult): readonly ChangeNotice[] {
  const kind = kindOfSave(change, result)
  return kind ? [{ kind, id: change.id, version: change.version }] : []
}

/** Of records that expired. The end of others was reported when they were ended. */
const claimNotices = (claims: readonly Claim[]): readonly ChangeNotice[] =>
  claims
    .filter(({ attempt, record }) => attempt === 1 && record.ending === null)
    .map(({ record: { id, version } }) => ({ kind: 'ended', id, version }))
