import { statSync } from 'node:fs'
import { join } from 'node:path'
import { FolderGone } from './file-errors.js'

interface FoundFile {
  readonly path: string
  readonly device: number
  readonly inode: number
}

/** Reads go on for so long in a folder that is gone. */
const readsGoOnMs = 1_000

/**
 * The place of the files of an open environment. A process that has them open could go on reading and writing when they
 * are removed or replaced, and no other process would ever see it.
 */
export class Place {
  readonly folder: string
  readonly #files: readonly FoundFile[]
  #verifiedAt = performance.now()
  #isVerifiedInThisTurn = false

  /** `folder`: under the name that the configuration gives, so that a link to it which changes is noticed too. */
  constructor(folder: string) {
    this.folder = folder
    this.#files = ['data.mdb', 'lock.mdb'].map((name) => found(join(folder, name)))
  }

  /** Throws FolderGone unless the files are where they were. At most once per turn of the event loop it asks the file system. */
  verify(): void {
    if (this.#isVerifiedInThisTurn) return
    for (const file of this.#files) this.#verifyFile(file)
    this.#verifiedAt = performance.now()
    this.#isVerifiedInThisTurn = true
    process.nextTick(() => {
      this.#isVerifiedInThisTurn = false
    })
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
    throw new FolderGone(
      now
        ? `${path} was replaced while this process uses it; put the former folder ${this.folder} back, or restart this process`
        : `${path} was removed while this process uses it; put the same folder ${this.folder} back, or restart this process`,
    )
  }
}

function found(path: string): FoundFile {
  const { dev, ino } = statSync(path)
  return { path, device: dev, inode: ino }
}
