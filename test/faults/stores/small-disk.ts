import { execFile } from 'node:child_process'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Making one takes the rights of root. */
export const hasSmallDisks = process.getuid?.() === 0

/** A file system of a few megabytes, in memory. */
export class SmallDisk {
  readonly folder: string
  readonly #ballast: string

  private constructor(folder: string) {
    this.folder = folder
    this.#ballast = join(folder, 'ballast')
  }

  /** In a folder that is new or not yet used, which belongs to the owner of the one it is in. */
  static async mount(folder: string, size: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true })
    const { uid, gid } = await stat(dirname(folder))
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700,uid=${uid},gid=${gid}`, 'tmpfs', folder])
    return new SmallDisk(folder)
  }

  /** Writes until nothing more fits. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, 'w')
    try {
      const block = Buffer.alloc(4_096)
      for (;;) await file.write(block)
    } catch {
      // ENOSPC
    } finally {
      await file.close()
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast)
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.folder])
  }
}
