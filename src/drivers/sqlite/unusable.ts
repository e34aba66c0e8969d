import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The reason why SQLite cannot use a file, and what to do. */
export interface Unusable {
  readonly reason: string
  readonly remedy: string
}

/** Why this process cannot have a database at this path, if the file system shows it. */
export function whyUnusable(path: string): Unusable | undefined {
  const folder = dirname(path)
  if (isFolder(path)) return { reason: `${path} is a folder`, remedy: 'Set `path` to a file, such as scopes.db in it.' }
  if (isThere(path) && !mayWrite(path)) return noRightTo(path, 'file')
  // SQLite makes its write-ahead log beside the file.
  if (isThere(folder) && !mayWrite(folder)) return noRightTo(folder, 'folder')
  return undefined
}

const noRightTo = (path: string, what: string): Unusable => ({
  reason: `this process (user ${process.getuid?.() ?? 'unknown'}) may not read and write the ${what} ${path}: permission denied, or a read-only file system`,
  remedy: `Give its user the right to read and write this ${what}${what === 'file' ? ', and its folder' : ''}.`,
})

const isThere = (path: string): boolean => foundAt(path) !== undefined
const isFolder = (path: string): boolean => foundAt(path)?.isDirectory() ?? false

/** What is at this path; undefined also if it lies below a file, or in a folder that this process may not look into. */
function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}
