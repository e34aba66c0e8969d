import type { EpochMs } from '../../storage/contract.js'
import type { Credential } from '../record/credential.js'

/** What the response to a request says to its visitor about one scope. `timeoutMs`: the idle timeout of the record; null: never. */
export type Issued =
  | { readonly kind: 'nothing' }
  /** A new record, or a new secret: the visitor presents this from now on. */
  | { readonly kind: 'issued'; readonly credential: Credential; readonly timeoutMs: number | null }
  /** The record was invalidated: what the visitor presented opens nothing any more. */
  | { readonly kind: 'revoked' }
  /** The store confirmed, in this request, what the visitor presented. `lastVisit`: the access before, as the store knew it. */
  | {
      readonly kind: 'confirmed'
      readonly credential: Credential
      readonly timeoutMs: number | null
      readonly lastVisit: EpochMs
    }

export const nothingIssued: Issued = { kind: 'nothing' }
const revoked: Issued = { kind: 'revoked' }

/** The credential that a request's visitor presented, and the one that the response gives in its place. */
export class VisitorCredential {
  /** Of the record as this request knows it, so that of two requests that rotate at once one loses. */
  seal = ''
  #presented: Credential | undefined
  #issued: Credential | undefined
  #isRevoked = false

  present(credential: Credential): void {
    this.#presented = credential
  }

  issue(credential: Credential): void {
    this.#issued = credential
  }

  /** Takes back what was issued: the record it names was not stored. */
  withdraw(): void {
    this.#issued = undefined
  }

  revoke(): void {
    this.#isRevoked = true
  }

  /** The visitor is told again what was presented: how long it is to be kept has changed. */
  renew(): void {
    this.#issued ??= this.#presented
  }

  /**
   * `life` is asked only if it matters. `confirmedSince`: the store has confirmed the presented credential in this request;
   * the access before it.
   */
  outcome(life: { readonly timeoutMs: number | null }, confirmedSince: EpochMs | undefined): Issued {
    if (this.#issued) return { kind: 'issued', credential: this.#issued, timeoutMs: life.timeoutMs }
    if (this.#isRevoked) return revoked
    if (!this.#presented || confirmedSince === undefined) return nothingIssued
    return { kind: 'confirmed', credential: this.#presented, timeoutMs: life.timeoutMs, lastVisit: confirmedSince }
  }
}
