import { isUtf8 } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { reasonOf } from '../../errors/scopes-error.js'
import { ConfigError } from '../config-error.js'

/** The largest file accepted: far more than a configuration needs, and still fast to parse. */
const largestKiB = 256

/** Throws ConfigError if the file is missing, too large or not UTF-8. */
export async function readText(file: string): Promise<string> {
  const { size } = await readable(file, async () => {
    const stats = await stat(file)
    if (!stats.isFile()) throw new Error('it is not a file')
    return stats
  })
  if (size > largestKiB * 1024) {
    throw invalid(file, `The file has ${Math.ceil(size / 1024)} KiB.`, `A configuration has at most ${largestKiB} KiB.`)
  }
  return decoded(file, await readable(file, () => readFile(file)))
}

async function readable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', { file, reason: reasonOf(cause) }, { cause })
  }
}

function decoded(file: string, bytes: Uint8Array): string {
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw invalid(file, 'The file is not text in UTF-8.', 'Save it in the encoding UTF-8.')
  }
  return new TextDecoder().decode(bytes)
}

const invalid = (file: string, problem: string, remedy: string) =>
  new ConfigError('CONFIG_INVALID', { source: file, problems: [{ file, path: '', problem, remedy }] })
