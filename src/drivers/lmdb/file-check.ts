import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import { Damage } from './file-errors.js'
import { type MetaPage, readCurrentMeta } from './meta-page.js'
import { PageTree } from './page-tree.js'

/** Up to this size, some 90 ms, all of the file is checked; beyond it only what leads to the leaves, a hundredth. */
const thoroughUpTo = 64 * 2 ** 20
/** How many snapshots are checked, at most, while another process replaces them. */
const mostAttempts = 10

/**
 * Throws Damage when LMDB could not work with this data.mdb. LMDB itself does not look: a damaged file ends the whole
 * process with SIGSEGV or SIGBUS. Nothing is written. No file, or an empty one, is a new store.
 */
export function checkFile(path: string): void {
  if (!existsSync(path)) return
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).size > 0) checkSnapshot(file)
  } catch (error) {
    throw error instanceof RangeError ? new Damage('a page of data.mdb is damaged', { cause: error }) : error
  } finally {
    closeSync(file)
  }
}

/**
 * Another process may be writing. If a snapshot looks damaged and has been replaced meanwhile, the new one is checked. A
 * file that changes faster than it can be read counts as sound: the process that writes to it has checked it.
 */
function checkSnapshot(file: number, attempts = mostAttempts): void {
  const meta = readCurrentMeta(file)
  try {
    checkPages(file, meta)
  } catch (error) {
    if (readCurrentMeta(file).transaction === meta.transaction) throw error
    if (attempts > 1) checkSnapshot(file, attempts - 1)
  }
}

/** A file may end before its last page when that page is free, so a short file is checked in full. */
function checkPages(file: number, meta: MetaPage): void {
  const { size } = fstatSync(file)
  const short = size < (meta.lastPage + 1) * meta.pageSize
  new PageTree(file, meta, size, short || size <= thoroughUpTo).check()
}
