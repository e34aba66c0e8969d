import { sameBytes } from '../../codec/bytes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import type { HeadChange } from './open-record.js'
import type { StoredIdle } from './stored-idle.js'

/** Decides which records live for `firstTimeout`: those that hold what `onSessionStart` gave them, and nothing else. */
export class FirstTimeout {
  readonly #idle: StoredIdle
  #greeting: Delta | undefined

  constructor(idle: StoredIdle) {
    this.#idle = idle
  }

  /** Called after `onSessionStart` began the record, with its attributes so far. A value that cannot be encoded fails the commit. */
  greeted(encode: () => Delta): void {
    if (!this.#idle.prolong) return
    try {
      this.#greeting = encode()
    } catch {
      this.#greeting = undefined
    }
  }

  /** The idle time that a commit gives the record besides its change; undefined: it keeps the present one. */
  idleFor(
    present: { readonly stored: boolean; readonly idleMs: number | null },
    delta: Delta,
    { life, principal }: HeadChange,
  ): number | null | undefined {
    const { prolong } = this.#idle
    if (!prolong || life?.idleMs !== undefined) return undefined
    const isLogin = typeof principal === 'string'
    if (present.stored) {
      const isFirst = this.#idle.isFirst(present.idleMs)
      return isFirst && (isLogin || !isEmpty(delta)) ? prolong.toMs : undefined
    }
    return this.#greeting && !isLogin && isSame(this.#greeting, delta) ? prolong.fromMs : undefined
  }
}

const isSame = (greeting: Delta, delta: Delta): boolean =>
  greeting.set.size === delta.set.size &&
  [...greeting.set].every(([name, bytes]) => {
    const now = delta.set.get(name)
    return now !== undefined && sameBytes(bytes, now)
  })
