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
  const ofFolder = statSync(folder, { throwIfNoEntry: false })
  const isOpen = ofFolder !== undefined && has(ofFolder, othersMayEnter)
  return [...(ofFolder ? writable(folder, ofFolder, '700') : []), ...files.flatMap((file) => risksOfFile(file, isOpen))]
}

function risksOfFile(file: string, isFolderOpen: boolean): string[] {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found) return linked(file)
  // One sentence about a file that others may both read and write.
  const isReadable = isFolderOpen && !has(found, othersMayWrite)
  return [...linked(file), ...writable(file, found, '600'), ...(isReadable ? readable(file, found) : [])]
}

const readable = (path: string, found: Stats): string[] =>
  has(found, othersMayRead)
    ? [`every user of this host may read ${path} (mode ${modeOf(found)}), and so all sessions. Run: chmod 600 ${path}`]
    : []

const writable = (path: string, found: Stats, mode: string): string[] =>
  has(found, othersMayWrite)
    ? [
        `every user of this host may write ${path} (mode ${modeOf(found)}), and so change or replace all sessions. Run: chmod ${mode} ${path}`,
      ]
    : []

function linked(path: string): string[] {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    ? [
        `${path} is a symbolic link: the sessions are in a file that its owner can exchange. Put the file itself there, or set \`path\` to its place.`,
      ]
    : []
}

const has = ({ mode }: Stats, bit: number): boolean => (mode & bit) !== 0
const modeOf = ({ mode }: Stats): string => `0${(mode & 0o7777).toString(8)}`
