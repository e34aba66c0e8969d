import { statSync } from 'node:fs'
import { FileGone } from './file-errors.js'

interface FoundFile {
  readonly path: string
  readonly device: number
  readonly inode: number
}

/** Reads go on for so long in a file that is gone. */
const readsGoOnMs = 1_000

/**
 * The place of the files of an open store. A process that has them open could go on reading and writing when they
 * are removed or replaced, and no other process would ever see it.
 */
export class Place {
  readonly #home: string
  readonly #files: readonly FoundFile[]
  #verifiedAt = performance.now()
  #isVerifiedInThisTurn = false

  /**
   * `files`: by the names that follow from the configuration, so that a link to them which changes is noticed too.
   * `home`: what a remedy says to put back.
   */
  constructor(home: string, files: readonly string[]) {
    this.#home = home
    this.#files = files.map(found)
  }

  /** Throws FileGone unless the files are where they were. At most once per turn of the event loop it asks the file system. */
  verify(): void {
    if (this.#isVerifiedInThisTurn) return
    this.verifyAgain()
    this.#isVerifiedInThisTurn = true
    process.nextTick(() => {
      this.#isVerifiedInThisTurn = false
    })
  }

  /** Same as `verify`, but always asks the file system. */
  verifyAgain(): void {
    for (const file of this.#files) this.#verifyFile(file)
    this.#verifiedAt = performance.now()
  }

  /** Same as `verify`, but at most once per second, as long as nothing was found. */
  verifyForRead(): void {
    if (performance.now() - this.#verifiedAt >= readsGoOnMs) this.verify()
  }

  #verifyFile({ path, device, inode }: FoundFile): void {
    const now = statSync(path, { throwIfNoEntry: false })
    if (now?.dev === device && now.ino === inode) return
    // So that reads stop too.
    this.#verifiedAt = Number.NEGATIVE_INFINITY
    throw new FileGone(
      now
        ? `${path} was replaced while this process uses it; put the former ${this.#home} back, or restart this process`
        : `${path} was removed while this process uses it; put the same ${this.#home} back, or restart this process`,
    )
  }
}

function found(path: string): FoundFile {
  const { dev, ino } = statSync(path)
  return { path, device: dev, inode: ino }
}
