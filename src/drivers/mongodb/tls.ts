import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import type { MongodbOptions } from './options.js'

/** The TLS options of the client. Throws STORAGE_UNUSABLE if a file cannot be read. */
export function tlsSettings({ tls }: MongodbOptions, directory: string, cache: string) {
  if (tls === undefined) return {}
  if (typeof tls === 'boolean') return { tls }
  const { servername, ...files } = tls
  const contents = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, contentOf(resolve(directory, file), cache)]],
  )
  return { tls: true, ...Object.fromEntries(contents), ...(servername !== undefined && { servername }) }
}

function contentOf(path: string, cache: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const remedy = 'Name existing files under tls:, relative to the configuration file.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason: reasonOf(cause), remedy }, { cause })
  }
}
