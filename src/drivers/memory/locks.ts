import type { EpochMs } from '../../storage/contract.js'

export class Locks {
  readonly #locks = new Map<string, { readonly token: string; readonly until: EpochMs }>()

  holder(id: string, now: EpochMs): string | undefined {
    const lock = this.#locks.get(id)
    return lock && lock.until > now ? lock.token : undefined
  }

  take(id: string, token: string, now: EpochMs, leaseMs: number): boolean {
    if ((this.holder(id, now) ?? token) !== token) return false
    this.#locks.set(id, { token, until: now + leaseMs })
    return true
  }

  release(id: string, token: string): boolean {
    return this.#locks.get(id)?.token === token && this.#locks.delete(id)
  }
}
