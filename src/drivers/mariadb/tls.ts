import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { MariadbOptions } from './options.js'

/** The TLS options of Node; undefined without TLS. Throws STORAGE_UNUSABLE if a file cannot be read. */
export function tlsSettings({ tls }: MariadbOptions, directory: string, cache: string) {
  if (!tls) return undefined
  const { servername, ...files } = tls === true ? {} : tls
  const contents = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, contentOf(resolve(directory, file), cache)]],
  )
  return { ...Object.fromEntries(contents), ...(servername !== undefined && { servername }) }
}

function contentOf(path: string, cache: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const remedy = 'Name existing files under tls:, relative to the configuration file.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason: reasonOf(cause), remedy }, { cause })
  }
}
