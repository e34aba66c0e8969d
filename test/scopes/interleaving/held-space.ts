import type { LoadResult, RecordChange, SaveResult, Space } from '../../../src/storage/contract.js'

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

/** Every load and save waits twice: before the store applies it, and after that before the answer. */
export function heldSpace(space: Space, holds: Holds, observer: Observer): Space {
  const { list, count, claimExpired, renew, settle } = space
  return {
    list: list.bind(space),
    count: count.bind(space),
    delete: space.delete.bind(space),
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
      const result = await space.save(change, options)
      const tell = observer.saved(change, result)
      await holds.wait()
      tell()
      return result
    },
  }
}
