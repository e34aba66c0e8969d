import { lstatSync, type Stats, statSync } from 'node:fs'

const othersMayWrite = 0o002

/**
 * Sentences about who else could change the store: a folder or file that every user of this host may write, and a file that
 * is a symbolic link. Empty on Windows, which has no such modes.
 */
export function risksOf(folder: string, files: readonly string[]): readonly string[] {
  if (process.platform === 'win32') return []
  return [...writable(folder, '700'), ...files.flatMap((file) => [...linked(file), ...writable(file, '600')])]
}

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
