import type { ChangeNotice } from '../../storage/contract.js'
import type { ScopeEnvironment } from '../environment.js'
import { type Credential, sealOf } from '../record/credential.js'
import type { OpenRecord } from '../record/open-record.js'
import { provisionalHead } from '../record/record-change.js'
import { StoredIdle } from '../record/stored-idle.js'
import type { OpenResult, Strategy } from '../record/strategy.js'
import { type ClusterNode, ClusterRecord } from './cluster-record.js'
import { Increments } from './increments.js'
import { LocalCopies } from './local-copies.js'

/**
 * `cluster: true`: the record lives in the store. A request begins with one conditional load, which touches the record in
 * the same step, and ends with one delta.
 */
export class Cluster implements Strategy {
  readonly idle: StoredIdle
  readonly #node: ClusterNode

  constructor(environment: ScopeEnvironment) {
    const idle = new StoredIdle(environment.settings, false)
    this.idle = idle
    const copies = new LocalCopies(environment, idle)
    this.#node = { environment, copies, idle, increments: new Increments(environment, copies) }
  }

  async open(id: string, seal?: string, isAccess = seal !== undefined): Promise<OpenResult> {
    const result = await this.#node.copies.load(id, seal, isAccess)
    if (result.status !== 'loaded') return result
    const { access, copy } = result
    const opening = { access, isAccess, isConfirmed: seal !== undefined }
    return { status: 'opened', record: new ClusterRecord(this.#node, copy.head, copy.attributes, opening) }
  }

  create(credential: Credential): OpenRecord {
    const { timeoutMs } = this.#node.environment.settings
    const head = provisionalHead(this.#node.environment, credential.id, sealOf(credential.secret), timeoutMs)
    return new ClusterRecord(this.#node, head, new Map())
  }

  forget(id: string): void {
    this.#node.copies.delete(id)
  }

  /** Ignores saves of other nodes: the next load finds them. */
  onChange({ kind, id }: ChangeNotice): void {
    if (kind !== 'saved') this.#node.copies.delete(id)
  }
}
