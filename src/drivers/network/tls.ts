import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { type IdentityCheck, identityCheck, pinIn } from './pin.js'
import type { TlsOption } from './server-options.js'

/** The part of the TLS options of Node that a configuration decides. */
export interface TlsSettings {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly servername?: string
  readonly rejectUnauthorized?: false
  readonly checkServerIdentity?: IdentityCheck
}

/** The TLS options of Node. Throws STORAGE_UNUSABLE if a file cannot be read. */
export function tlsSettings(tls: TlsOption | undefined, directory: string, cache: string): TlsSettings {
  if (typeof tls !== 'object') return {}
  const { pin, rejectUnauthorized, servername, ...files } = tls
  const contents = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, contentOf(resolve(directory, file), cache)]],
  )
  const pins = [pin ?? []].flat().flatMap((text) => pinIn(text) ?? [])
  return {
    ...Object.fromEntries(contents),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized === false && { rejectUnauthorized }),
    // Some clients compare the certificate with the host, also if they are given a servername.
    ...((servername !== undefined || pins.length > 0) && { checkServerIdentity: identityCheck(servername, pins) }),
  }
}

/** A warning if the certificate of the server is not verified. */
export const tlsWarnings = (tls: TlsOption | undefined): string[] =>
  typeof tls === 'object' && tls.rejectUnauthorized === false
    ? [
        'tls.rejectUnauthorized is false: whoever can redirect the connection can read and change all records. Name the authority of the server in tls.ca instead.',
      ]
    : []

function contentOf(path: string, cache: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const remedy = 'Name existing files under tls:, relative to the configuration file.'
    throw new StorageError('STORAGE_UNUSABLE', { cache, reason: reasonOf(cause), remedy }, { cause })
  }
}
