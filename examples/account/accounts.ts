import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

interface Account {
  readonly salt: Buffer
  readonly digest: Buffer
}

const accountOf = (password: string): Account => {
  const salt = randomBytes(16)
  return { salt, digest: digestOf(password, salt) }
}

const digestOf = (password: string, salt: Buffer) => scryptSync(password, salt, 32)

/** Names and passwords. A site has them in its database, and takes longer for a digest. */
export class Accounts {
  readonly #accounts = new Map([
    ['anna', accountOf('secret')],
    ['berta', accountOf('secret')],
  ])

  accepts(name: string, password: string): boolean {
    const account = this.#accounts.get(name)
    return account !== undefined && timingSafeEqual(account.digest, digestOf(password, account.salt))
  }

  change(name: string, password: string): void {
    this.#accounts.set(name, accountOf(password))
  }
}
