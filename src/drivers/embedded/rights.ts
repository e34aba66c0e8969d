import { lstatSync, type Stats, statSync } from 'node:fs'

const othersMayWrite = 0o002
const othersMayRead = 0o004
const othersMayEnter = 0o001

/**
 * Sentences about who else could change or read the store: a folder or file that every user of this host may write, a file
 * that they may read, and a file that is a symbolic link. Empty on Windows, which has no such modes.
 */
export function risksOf(folder: string, files: readonly string[]): readonly string[] {
  if (process.platform === 'win32') return []
  const isOpen = modeIn(folder, othersMayEnter)
  const ofFile = (file: string) => [...linked(file), ...writable(file, '600'), ...(isOpen ? readable(file) : [])]
  return [...writable(folder, '700'), ...files.flatMap(ofFile)]
}

/** A file that others may also write is warned of already. */
function readable(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && modeIn(path, othersMayRead) && !mayOthersWrite(found)
    ? [`every user of this host may read ${path} (mode ${modeOf(found)}), and so all sessions. Run: chmod 600 ${path}`]
    : []
}

const modeIn = (path: string, bit: number): boolean =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & bit) !== 0

function writable(path: string, mode: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && mayOthersWrite(found)
    ? [
        `every user of this host may write ${path} (mode ${modeOf(found)}), and so change or replace all sessions. Run: chmod ${mode} ${path}`,
      ]
    : []
}

function linked(path: string): string[] {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    ? [
        `${path} is a symbolic link: the sessions are in a file that its owner can exchange. Put the file itself there, or set \`path\` to its place.`,
      ]
    : []
}

const mayOthersWrite = ({ mode }: Stats): boolean => (mode & othersMayWrite) !== 0
const modeOf = ({ mode }: Stats): string => `0${(mode & 0o7777).toString(8)}`
