import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)
const digestBytes = 32

/** A salt and the scrypt digest of a password: what is stored in its place. */
export interface PasswordHash {
  readonly salt: Buffer
  readonly digest: Buffer
}

export async function hashOf(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  return { salt, digest: await derive(password, salt, digestBytes) }
}

export const matches = async (password: string, { digest, salt }: PasswordHash): Promise<boolean> =>
  timingSafeEqual(digest, await derive(password, salt, digestBytes))
