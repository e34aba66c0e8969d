import { isScopesError, ScopesError } from '../../errors/scopes-error.js'
import { reported } from '../../support/awaited-promise.js'
import { callListener } from '../../support/call-listener.js'
import { Turns } from '../../support/turns.js'
import { checkFunction } from '../request/arguments.js'
import { ActiveRun } from './active-run.js'
import { type BoundRecords, type ConnectedApplication, decisive } from './bound-records.js'
import { Run } from './run.js'

/**
 * The reason why a connection can run nothing more. `ended`: its session has ended, on whichever node. `shutdown`: the
 * container closes. `closed`: `close()` was called.
 */
export type ConnectionEnd = 'ended' | 'shutdown' | 'closed'

export interface ConnectionBinding {
  readonly application: ConnectedApplication
  readonly records: BoundRecords
  /** As the visitor had it when the connection was opened. */
  readonly principal: string | null
  /** `pass`: a run after the end of the session finds an empty one, which it cannot write. `refuse`: it rejects with CONNECTION_ENDED. */
  readonly afterEnd: 'refuse' | 'pass'
}

type EndListener = (reason: Exclude<ConnectionEnd, 'closed'>) => unknown

/**
 * A connection that outlives the request that opened it: a web socket, a stream of events. It is bound to the record of its
 * visitor, not to the secret, so it goes on when another request rotates the session or logs the visitor in. It has no
 * timer and loads nothing by itself.
 */
export class LiveConnection<Members> {
  readonly #binding: ConnectionBinding
  readonly #unwatch: () => void
  #turns: Turns | undefined
  #listeners: Set<EndListener> | undefined
  #end: ConnectionEnd | undefined
  #principal: string | null

  constructor(binding: ConnectionBinding) {
    this.#binding = binding
    this.#principal = binding.principal
    const { application, records } = binding
    const { id, scope } = decisive(records) ?? {}
    this.#unwatch = id === undefined || !scope ? () => {} : scope.ends.add(id, () => this.#endFor('ended'))
    application.connections.add(this)
  }

  /** The id of the session, which is not secret; undefined if the visitor had none when the connection was opened. */
  get sessionId(): string | undefined {
    return this.#binding.records.session?.id
  }

  get clientId(): string | undefined {
    return this.#binding.records.client?.id
  }

  /** The user of the session, as the last run, or the request that opened the connection, saw it. null: none. */
  get principal(): string | null {
    return this.#principal
  }

  /** undefined while the connection can run. */
  get end(): ConnectionEnd | undefined {
    return this.#end
  }

  /**
   * Does what a request does: loads the records, runs `fn` on them and saves what it changed. Runs follow each other in the
   * order of the calls; one that is begun in another one is like a parallel request, and does not wait for it. Each is an access, of which the store learns at most every min(timeout/10, 60 s). If `fn` throws,
   * nothing is saved. `login()`, `rotate()` and the begin of a new session are refused (CONNECTION_CANNOT_ISSUE,
   * CONNECTION_WITHOUT_RECORD), because a new cookie could not reach the visitor. Rejects with CONNECTION_ENDED,
   * CONTAINER_CLOSED, and with what a request can fail with.
   */
  run<T>(fn: (members: Members) => T | Promise<T>): Promise<T> {
    checkFunction('What run() runs', fn)
    this.#turns ??= new Turns()
    const { turns } = ActiveRun.of(this) ?? { turns: this.#turns }
    const run = turns.run(() => ActiveRun.begin(this, () => this.#run(fn)))
    return reported(run, (error) => this.#report(error, 'a run of a live connection failed, and nothing waits for it'))
  }

  /**
   * Calls `listener` when the session has ended on whichever node, within about a second, or when the container closes;
   * soon, if that has happened already. Not after `close()`. Returns a function that removes the listener. With
   * `afterEnd: 'pass'` it may be called for both.
   */
  onEnd(listener: EndListener): () => void {
    checkFunction('A listener', listener)
    const end = this.#end
    if (end !== undefined) {
      if (end !== 'closed') queueMicrotask(() => this.#notify(listener, end))
      return () => {}
    }
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => void this.#listeners?.delete(listener)
  }

  /** Releases the connection: its runs that wait are refused, and no listener is called. Called again, it does nothing. */
  close(): void {
    this.#listeners = undefined
    this.#endFor('closed')
  }

  /** Called when the container closes. */
  shutDown(): void {
    this.#endFor('shutdown')
  }

  async #run<T>(fn: (members: Members) => T | Promise<T>): Promise<T> {
    this.#assertRuns()
    const { inFlight, life } = this.#binding.application
    inFlight.enter('run on a live connection')
    try {
      await life.use()
      return await this.#loaded(fn)
    } finally {
      inFlight.leave()
    }
  }

  async #loaded<T>(fn: (members: Members) => T | Promise<T>): Promise<T> {
    const { application, records } = this.#binding
    const run = new Run(application, records)
    const kind = decisive(records)?.scope.kind
    const look = () => {
      if (!kind) return
      if (run.hasEnded(kind)) this.#endFor('ended')
      else this.#principal = run.principalOf(kind)
    }
    try {
      await run.open()
      look()
      this.#assertRuns()
      return await run.complete(() => fn(run as unknown as Members)).finally(look)
    } finally {
      run.release()
    }
  }

  /** Throws CONNECTION_ENDED. */
  #assertRuns(): void {
    const end = this.#end
    if (end !== undefined && !this.#goesOn) throw new ScopesError('CONNECTION_ENDED', { end })
  }

  /** Whether only the session has ended, and runs find an empty one. */
  get #goesOn(): boolean {
    return this.#end === 'ended' && this.#binding.afterEnd === 'pass'
  }

  #endFor(reason: ConnectionEnd): void {
    if (this.#end === reason || (this.#end !== undefined && !this.#goesOn)) return
    this.#end = reason
    this.#unwatch()
    const listeners = this.#listeners
    if (!this.#goesOn) {
      this.#binding.application.connections.delete(this)
      this.#listeners = undefined
    }
    if (reason !== 'closed') for (const listener of listeners ?? []) this.#notify(listener, reason)
  }

  #notify(listener: EndListener, reason: Parameters<EndListener>[0]): void {
    callListener(
      () => listener(reason),
      (error) => this.#report(error, 'a listener of the end of a live connection failed'),
    )
  }

  #report(error: unknown, what: string): void {
    const { log } = this.#binding.application
    if (isScopesError(error) && error.status < 500) log.debug({ err: error }, what)
    else log.error({ err: error }, what)
  }
}
