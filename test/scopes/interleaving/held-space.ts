import type { LoadResult, RecordChange, SaveResult, Space } from '../../../src/storage/contract.js'
import { StorageError } from '../../../src/storage/storage-error.js'

/** Where calls to the store wait until they are let go on. */
export class Holds {
  readonly #held = new Set<() => void>()
  #isOver = false

  get waiting(): readonly (() => void)[] {
    return [...this.#held]
  }

  /** From now on nothing waits. */
  end(): void {
    this.#isOver = true
  }

  async wait(): Promise<void> {
    if (this.#isOver) return
    await new Promise<void>((resolve) => {
      const goOn = () => {
        this.#held.delete(goOn)
        resolve()
      }
      this.#held.add(goOn)
    })
  }
}

export interface Observer {
  loaded(result: LoadResult): void
  /** What it returns is called when the answer arrives. */
  saved(change: RecordChange, result: SaveResult): () => void
}

/** What becomes of a save: `lost`, it is applied and nobody is told; `dropped`, it does not arrive. */
export type Fate = 'answered' | 'lost' | 'dropped'

/** Every load and save waits twice: before the store applies it, and after that before the answer. */
export function heldSpace(space: Space, holds: Holds, observer: Observer, nextFate: () => Fate): Space {
  const { list, count, claimExpired, renew, settle } = space
  return {
    list: list.bind(space),
    count: count.bind(space),
    claimExpired: claimExpired.bind(space),
    renew: renew.bind(space),
    settle: settle.bind(space),
    async load(id, options) {
      await holds.wait()
      const result = await space.load(id, options)
      observer.loaded(result)
      await holds.wait()
      return result
    },
    async save(change, options) {
      await holds.wait()
      const fate = isPlain(change) ? nextFate() : 'answered'
      if (fate === 'dropped') throw uncertain(change)
      const result = await space.save(change, options)
      const tell = observer.saved(change, result)
      await holds.wait()
      if (fate === 'lost') throw uncertain(change)
      tell()
      return result
    },
  }
}

/** It changes attributes only, so that a memory-first node goes on whatever becomes of it. */
const isPlain = (change: RecordChange) => change.mode === 'update' && !change.reseal && !change.ending

const uncertain = ({ id }: RecordChange) => new StorageError('SAVE_UNCERTAIN', { cache: 'store', id })
