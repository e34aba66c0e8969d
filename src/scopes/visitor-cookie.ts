import type { EpochMs } from '../storage/contract.js'
import { type Credential, formatCredential } from './credential.js'
import type { Scope } from './scope.js'

/** What the visitor's cookie has to become at the end of a request. */
export type CookieChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'set'; readonly value: string }
  | { readonly kind: 'clear' }

/** What a request's scope needs to know of the response. */
export interface ResponseLink {
  /** The headers have left, so that no cookie can follow. */
  hasBegun(): boolean
  cookieChanged(): void
}

/** Outside of a request there is no cookie to send. */
export const noResponse: ResponseLink = { hasBegun: () => false, cookieChanged() {} }

/** What the visitor presented, and what the response says about it. */
export class VisitorCookie {
  readonly #scope: Scope
  readonly #response: ResponseLink
  #presented: Credential | undefined
  #issued: CookieChange | undefined
  #cleared = false

  constructor(scope: Scope, response: ResponseLink) {
    this.#scope = scope
    this.#response = response
  }

  present(credential: Credential): void {
    this.#presented = credential
  }

  issue(credential: Credential): void {
    this.#issued = { kind: 'set', value: formatCredential(credential) }
    this.#response.cookieChanged()
  }

  /** Takes back what was issued: the record it names was not stored. */
  withdraw(): void {
    this.#issued = undefined
    this.#response.cookieChanged()
  }

  clear(): void {
    this.#cleared = true
  }

  /** The same object as long as it says the same of an issued cookie. `confirmedSince`: when the store, in this request, confirmed what was presented, the access before as it knew it. */
  change(confirmedSince: EpochMs | undefined): CookieChange {
    if (this.#issued) return this.#issued
    if (this.#cleared) return { kind: 'clear' }
    const renews = confirmedSince !== undefined && this.#scope.isRenewalDue(confirmedSince)
    return renews && this.#presented ? { kind: 'set', value: formatCredential(this.#presented) } : { kind: 'none' }
  }
}
