import { hashOf, matches, type PasswordHash } from './passwords.js'

/** Names and passwords for trying the shop, which its login page shows. */
export const demoUsers = { anna: 'one lump or two', berta: 'milk goes in first' }

/** The users with their hashed passwords. A shop has them in its database. */
export class Users {
  readonly #hashes: ReadonlyMap<string, PasswordHash>
  /** Compared for unknown names, so that the time of an answer does not show which names there are. */
  readonly #nobody: PasswordHash

  private constructor(hashes: ReadonlyMap<string, PasswordHash>, nobody: PasswordHash) {
    this.#hashes = hashes
    this.#nobody = nobody
  }

  static async of(passwords: Readonly<Record<string, string>>): Promise<Users> {
    const hashing = Object.entries(passwords).map(async ([name, password]) => [name, await hashOf(password)] as const)
    return new Users(new Map(await Promise.all(hashing)), await hashOf(''))
  }

  async accepts(name: string, password: string): Promise<boolean> {
    const isRight = await matches(password, this.#hashes.get(name) ?? this.#nobody)
    return isRight && this.#hashes.has(name)
  }
}
