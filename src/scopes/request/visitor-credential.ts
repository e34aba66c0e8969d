import type { EpochMs } from '../../storage/contract.js'
import type { Credential } from '../record/credential.js'
import type { CommitOutcome, OpenRecord } from '../record/open-record.js'

/** The message of a response to its visitor about the credential of one scope. `timeoutMs`: the record's idle timeout; null: never. */
export type Issued =
  | { readonly kind: 'nothing' }
  /** The record or the secret is new: the visitor must present this credential from now on. */
  | { readonly kind: 'issued'; readonly credential: Credential; readonly timeoutMs: number | null }
  /** The record was invalidated: the presented credential no longer opens a record. */
  | { readonly kind: 'revoked' }
  | Confirmed

/** The store confirmed the presented credential in this request. `lastVisit`: the access before, as the store knew it. */
export interface Confirmed {
  readonly kind: 'confirmed'
  readonly credential: Credential
  readonly timeoutMs: number | null
  readonly lastVisit: EpochMs
}

export const nothingIssued: Issued = { kind: 'nothing' }
const revoked: Issued = { kind: 'revoked' }

/** The credential that a request's visitor presented, and the one that the response issues in its place. */
export class VisitorCredential {
  /** Of the record as this request knows it, so that of two requests that rotate at once one loses. */
  seal = ''
  /** The response holds a token that is derived from the secret, so that no other visitor may get it. */
  isShown = false
  readonly #isSealed: boolean
  #presented: Credential | undefined
  #issued: Credential | undefined
  #isRevoked = false
  #news: Extract<Issued, { kind: 'issued' }> | undefined

  /** `isSealed`: the credential holds the record itself, so only a commit makes one. */
  constructor(isSealed = false) {
    this.#isSealed = isSealed
  }

  /** Throws if the visitor cannot be given the credential of a new record. */
  assertCanBegin(): void {}

  /** Throws if the visitor cannot be given a new secret. `operation`: what would issue it. */
  assertCanIssue(_operation: string): void {}

  present(credential: Credential): void {
    this.#presented = credential
  }

  issue(credential: Credential): void {
    if (!this.#isSealed) this.#issued = credential
  }

  /** Withdraws the issued credential, because its record was not stored. */
  withdraw(): void {
    this.#issued = undefined
  }

  revoke(): void {
    this.#isRevoked = true
  }

  /** Takes what a commit made of a sealed record. If it changed nothing, the visitor can do with an older credential. */
  hold({ sealedAs: credential }: Pick<OpenRecord, 'sealedAs'>, outcome: CommitOutcome): void {
    if (!this.#isSealed) return
    if (outcome !== 'unchanged') this.#issued = outcome === 'saved' ? credential : undefined
    else if (this.#presented && credential) this.#presented = credential
    if (outcome === 'dropped') this.#isRevoked = this.#presented !== undefined
  }

  /** Issues the presented credential again, because the time for which the visitor keeps it has changed. */
  renew(): void {
    this.#issued ??= this.#presented
  }

  /**
   * `timeout` is called only if it matters. `confirmedSince`: the access before this one, if the store confirmed the presented
   * credential in this request.
   */
  outcome(timeout: () => number | null, confirmedSince: EpochMs | undefined): Issued {
    if (this.#issued) return this.#newsOf(this.#issued, timeout())
    if (this.#isRevoked) return revoked
    if (!this.#presented || confirmedSince === undefined) return nothingIssued
    return { kind: 'confirmed', credential: this.#presented, timeoutMs: timeout(), lastVisit: confirmedSince }
  }

  /** The same object as long as it says the same, so that its header is made once. */
  #newsOf(credential: Credential, timeoutMs: number | null): Issued {
    if (this.#news?.credential !== credential || this.#news.timeoutMs !== timeoutMs)
      this.#news = { kind: 'issued', credential, timeoutMs }
    return this.#news
  }
}
