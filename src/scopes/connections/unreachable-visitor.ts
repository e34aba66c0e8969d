import { ScopesError } from '../../errors/scopes-error.js'
import { VisitorCredential } from '../request/visitor-credential.js'
import type { ScopeKind } from '../settings.js'

/**
 * The visitor at the other end of a live connection: the headers that could carry a credential have left. So nothing that
 * would issue one is done, because it would leave the visitor with a secret that opens nothing.
 */
export class UnreachableVisitor extends VisitorCredential {
  readonly #scope: ScopeKind

  constructor(scope: ScopeKind) {
    super()
    this.#scope = scope
  }

  /** Throws CONNECTION_WITHOUT_RECORD. */
  override assertCanBegin(): void {
    throw new ScopesError('CONNECTION_WITHOUT_RECORD', { scope: this.#scope })
  }

  /** Throws CONNECTION_CANNOT_ISSUE. */
  override assertCanIssue(operation: string): void {
    throw new ScopesError('CONNECTION_CANNOT_ISSUE', { scope: this.#scope, operation })
  }
}
