import type { EpochMs } from '../../storage/contract.js'
import type { Credential } from '../record/credential.js'

/** The message of a response to its visitor about the credential of one scope. */
export type Issued =
  | { readonly kind: 'nothing' }
  /** The record or the secret is new: the visitor must present this credential from now on. */
  | { readonly kind: 'issued'; readonly credential: Credential }
  /** The record was invalidated: the presented credential no longer opens a record. */
  | { readonly kind: 'revoked' }
  /** The store confirmed the presented credential in this request. `lastVisit`: the access before, as the store knew it. */
  | { readonly kind: 'confirmed'; readonly credential: Credential; readonly lastVisit: EpochMs }

const nothing: Issued = { kind: 'nothing' }
const revoked: Issued = { kind: 'revoked' }

/** The credential that a request's visitor presented, and the one that the response issues in its place. */
export class VisitorCredential {
  #presented: Credential | undefined
  #issued: Issued | undefined
  #isRevoked = false

  present(credential: Credential): void {
    this.#presented = credential
  }

  issue(credential: Credential): void {
    this.#issued = { kind: 'issued', credential }
  }

  /** Withdraws the issued credential, because its record was not stored. */
  withdraw(): void {
    this.#issued = undefined
  }

  revoke(): void {
    this.#isRevoked = true
  }

  /** The message to send. `confirmedSince`: the access before, if the store has confirmed the presented credential in this request. */
  outcome(confirmedSince: EpochMs | undefined): Issued {
    if (this.#issued) return this.#issued
    if (this.#isRevoked) return revoked
    if (!this.#presented || confirmedSince === undefined) return nothing
    return { kind: 'confirmed', credential: this.#presented, lastVisit: confirmedSince }
  }
}
