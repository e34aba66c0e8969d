import { ScopesError } from '../../errors/scopes-error.js'
import { allDone } from '../../support/all-done.js'
import { ScopeHandle } from '../request/handle.js'
import { closeOperations, finishOperations } from '../request/late-operations.js'
import { RequestScope } from '../request/request-scope.js'
import { scopeData } from '../request/scope-data.js'
import type { ScopeKind } from '../settings.js'
import type { BoundRecords, ConnectedApplication } from './bound-records.js'
import { UnreachableVisitor } from './unreachable-visitor.js'

/** One scope of a run. `data` and `handle` are created when they are first used. */
interface Part {
  readonly request: RequestScope
  readonly id: string | undefined
  /** The record has ended before this run. */
  isMissing: boolean
  data?: Record<string, unknown>
  handle?: ScopeHandle
}

/** One run of a live connection, from load to commit: what a request is on its scopes. Its members are those of `ctx`. */
export class Run {
  readonly #application: ConnectedApplication
  readonly #parts: readonly Part[]

  constructor(application: ConnectedApplication, { client, session }: BoundRecords) {
    this.#application = application
    this.#parts = [session, client].flatMap((bound) => {
      if (!bound) return []
      const { id, scope } = bound
      return [
        { id, isMissing: false, request: new RequestScope(scope, { visitor: new UnreachableVisitor(scope.kind) }) },
      ]
    })
  }

  get application(): Record<string, unknown> {
    return this.#application.life.data
  }

  /** Throws SCOPE_NOT_DECLARED, as the next one and the members of `scopes`. */
  get session(): Record<string, unknown> {
    return this.#data('session')
  }

  get client(): Record<string, unknown> {
    return this.#data('client')
  }

  get scopes(): Handles {
    return new Handles((kind) => this.#handle(kind))
  }

  /** Loads the records. */
  async open(): Promise<void> {
    await allDone(
      this.#parts.map(async (part) => {
        const { id, request } = part
        if (id !== undefined) part.isMissing = !(await request.openById(id, { isAccess: true }))
      }),
    )
  }

  /** Runs `fn` on the loaded records and saves what it changed. If it throws, or an operation that it did not await, nothing more is saved. */
  async complete<T>(fn: () => T | Promise<T>): Promise<T> {
    try {
      const result = await fn()
      const [error] = (await finishOperations(this.#requests)) ?? []
      if (error !== undefined) throw error
      this.#closeOperations()
      const changed = this.#requests.filter((request) => request.prepare())
      await allDone(changed.map((request) => request.commit()))
      return result
    } catch (error) {
      this.#closeOperations()
      for (const request of this.#requests) request.discard()
      throw error
    }
  }

  /** Whether the record had ended before this run, or was found to have ended in it. */
  hasEnded(kind: ScopeKind): boolean {
    const { isMissing, request } = this.#part(kind)
    return isMissing || request.state.is('lost')
  }

  /** The principal of this record; null if it has none, or there is no record. */
  principalOf(kind: ScopeKind): string | null {
    const { request } = this.#part(kind)
    return request.state.is('unlocked') ? null : (request.record?.head.principal ?? null)
  }

  /** Must be called at the end, also after a load that failed. */
  release(): void {
    for (const request of this.#requests) {
      request.close()
      request.release()
    }
  }

  get #requests(): readonly RequestScope[] {
    return this.#parts.map(({ request }) => request)
  }

  #closeOperations(): void {
    for (const request of this.#requests) closeOperations(request, runCall)
  }

  #data(kind: ScopeKind): Record<string, unknown> {
    const part = this.#part(kind)
    part.data ??= scopeData(part.request)
    return part.data
  }

  #handle(kind: ScopeKind): ScopeHandle {
    const part = this.#part(kind)
    part.handle ??= new ScopeHandle(part.request)
    return part.handle
  }

  #part(kind: ScopeKind): Part {
    const part = this.#parts.find(({ request }) => request.scope.kind === kind)
    if (!part) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application: this.#application.name })
    return part
  }
}

/** The handles of a run: `scopes.session`, `scopes.client`. Not enumerable, as in a request: one may be of no declared scope. */
class Handles {
  readonly #handle: (kind: ScopeKind) => ScopeHandle

  constructor(handle: (kind: ScopeKind) => ScopeHandle) {
    this.#handle = handle
  }

  get session(): ScopeHandle {
    return this.#handle('session')
  }

  get client(): ScopeHandle {
    return this.#handle('client')
  }
}

const runCall = () => 'run() of a live connection'
