import type { LoadResult, RecordChange, SaveResult, Space } from '../../../src/storage/contract.js'
import { StorageError } from '../../../src/storage/storage-error.js'
import type { HeldCalls } from '../../support/held-calls.js'

export interface Observer {
  loaded(result: LoadResult): void
  /** What it returns is called when the answer arrives. */
  saved(change: RecordChange, result: SaveResult): () => void
}

/** What becomes of a save: `lost`, the store applies it and the answer is lost; `dropped`, it does not arrive. */
export type Fate = 'answered' | 'lost' | 'dropped'

/** A space whose loads and saves can be held, reported to the observer at the moment the store carries them out. */
export function observedSpace(space: Space, calls: HeldCalls, observer: Observer, nextFate: () => Fate): Space {
  const { list, count, claimExpired, renew, settle } = space
  return {
    list: list.bind(space),
    count: count.bind(space),
    claimExpired: claimExpired.bind(space),
    renew: renew.bind(space),
    settle: settle.bind(space),
    load: (id, options) =>
      calls.carry('load', [id, options], async () => {
        const result = await space.load(id, options)
        observer.loaded(result)
        return result
      }),
    async save(change, options) {
      const { result, fate, arrived } = await calls.carry('save', [change, options], async () => {
        const fate = isPlain(change) ? nextFate() : 'answered'
        if (fate === 'dropped') throw uncertain(change)
        const result = await space.save(change, options)
        return { result, fate, arrived: observer.saved(change, result) }
      })
      if (fate === 'lost') throw uncertain(change)
      arrived()
      return result
    },
  }
}

/** It changes attributes only, so that a memory-first node goes on whatever becomes of it. */
const isPlain = (change: RecordChange) => change.mode === 'update' && !change.reseal && !change.ending

const uncertain = ({ id }: RecordChange) => new StorageError('SAVE_UNCERTAIN', { cache: 'store', id })
