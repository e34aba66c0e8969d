import type { EpochMs } from '../../storage/contract.js'
import type { Credential } from '../record/credential.js'

/** What the response to a request says to its visitor about one scope. */
export type Issued =
  | { readonly kind: 'nothing' }
  /** A new record, or a new secret: the visitor presents this from now on. */
  | { readonly kind: 'issued'; readonly credential: Credential }
  /** The record was invalidated: what the visitor presented opens nothing any more. */
  | { readonly kind: 'revoked' }
  /** The store confirmed, in this request, what the visitor presented. `lastVisit`: the access before, as the store knew it. */
  | { readonly kind: 'confirmed'; readonly credential: Credential; readonly lastVisit: EpochMs }

export const nothingIssued: Issued = { kind: 'nothing' }
const revoked: Issued = { kind: 'revoked' }

/** The credential that a request's visitor presented, and the one that the response gives in its place. */
export class VisitorCredential {
  /** Of the record as this request knows it, so that of two requests that rotate at once one loses. */
  seal = ''
  #presented: Credential | undefined
  #issued: Issued | undefined
  #isRevoked = false

  present(credential: Credential): void {
    this.#presented = credential
  }

  issue(credential: Credential): void {
    this.#issued = { kind: 'issued', credential }
  }

  /** Takes back what was issued: the record it names was not stored. */
  withdraw(): void {
    this.#issued = undefined
  }

  revoke(): void {
    this.#isRevoked = true
  }

  /** `confirmedSince`: the store has confirmed the presented credential in this request; the access before it. */
  outcome(confirmedSince: EpochMs | undefined): Issued {
    if (this.#issued) return this.#issued
    if (this.#isRevoked) return revoked
    if (!this.#presented || confirmedSince === undefined) return nothingIssued
    return { kind: 'confirmed', credential: this.#presented, lastVisit: confirmedSince }
  }
}
