import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** A key of the configuration. */
export interface SealingKey {
  /** Tells the keys apart in sealed texts, and says nothing of the secret. */
  readonly id: Uint8Array
  readonly secret: KeyObject
}

export const keyIdBytes = 4
const keyBytes = 32

/** The part of a format's name in what is derived, so that another format never has the same keys. */
const format = 'koa-scopes sealed 1'
const noSalt = Buffer.alloc(0)

export function sealingKey(text: string): SealingKey {
  const secret = createSecretKey(text, 'utf8')
  return { id: new Uint8Array(hkdfSync('sha256', secret, noSalt, `${format} key id`, keyIdBytes)), secret }
}

/** The key for one record. Random nonces are safe for 2^32 texts of one key, so each record has its own. */
export const recordKey = ({ secret }: SealingKey, id: Uint8Array): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, id, `${format} record`, keyBytes)))
