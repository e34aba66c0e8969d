import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import { Damage } from './file-errors.js'
import { type MetaPage, readCurrentMeta } from './meta-page.js'
import { PageTree } from './page-tree.js'

/**
 * The largest file that is checked in full, which takes about 90 ms. In a larger one only the pages above the leaves
 * are checked, about 1 %.
 */
const thoroughUpTo = 64 * 2 ** 20
/** The most snapshots that are checked while another process replaces them. */
const mostAttempts = 10

/**
 * Throws Damage if LMDB could not work with this data.mdb. LMDB itself does not check: a damaged file ends the whole
 * process with SIGSEGV or SIGBUS. Writes nothing. A missing or empty file is a new store.
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
 * Checks the current snapshot. Another process may be writing: if a snapshot looks damaged and has been replaced meanwhile,
 * the new one is checked. A file that changes faster than it can be read is accepted, because its writer has checked it.
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

/** Checks the pages of a snapshot. A file may end before its last page if that page is free, so a short file is checked in full. */
function checkPages(file: number, meta: MetaPage): void {
  const { size } = fstatSync(file)
  const short = size < (meta.lastPage + 1) * meta.pageSize
  new PageTree(file, meta, size, short || size <= thoroughUpTo).check()
}
