import type { EndedRecord } from '../../src/scopes/ends/ended-record.js'
import type { Credential } from '../../src/scopes/record/credential.js'
import { Directory } from '../../src/scopes/request/directory.js'
import { ScopeHandle } from '../../src/scopes/request/handle.js'
import { identify } from '../../src/scopes/request/identification.js'
import { RequestScope } from '../../src/scopes/request/request-scope.js'
import { scopeData } from '../../src/scopes/request/scope-data.js'
import type { Issued } from '../../src/scopes/request/visitor-credential.js'
import { Scope } from '../../src/scopes/scope.js'
import type { ScopeSettings } from '../../src/scopes/settings.js'
import type { Space } from '../../src/storage/contract.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { Gate } from '../support/gate.js'
import { HeldCalls } from '../support/held-calls.js'
import { scopeEnvironment } from '../support/scope-environment.js'

/** What a request does with its session. */
export type Page = (session: Record<string, unknown>, handle: ScopeHandle) => unknown

export interface Answer {
  readonly status: number
  /** Of the error it failed with. */
  readonly code?: string
  readonly issued: Issued
}

export interface End extends Pick<EndedRecord, 'id' | 'reason'> {
  readonly data: Readonly<Record<string, unknown>>
}

/** A node without HTTP around it, whose clock the test moves apart from those of the other nodes. */
export class RaceNode {
  readonly clock = new ManualClock()
  readonly calls = new HeldCalls()
  /** The records that ended here, as their end handler was told. */
  readonly ends: End[] = []
  /** The records whose changes this node told to be lost. */
  readonly lost: string[] = []
  readonly directory: Directory<object>
  readonly #scope: Scope
  #waiting: Gate | undefined

  constructor(space: Space, settings: Partial<ScopeSettings>) {
    const environment = scopeEnvironment({
      space: this.calls.space(space),
      clock: this.clock,
      settings,
      emit: (event, what) => {
        if (event === 'scope:lost' && 'id' in what && what.id) this.lost.push(what.id)
      },
    })
    this.#scope = new Scope(environment, (ended) => this.#end(ended))
    this.#scope.upkeep?.start()
    this.directory = new Directory(this.#scope)
  }

  /** One request, from its cookie to its answer; as under HTTP, what it changed before it failed is saved. */
  async visit(credential: Credential | undefined, page: Page): Promise<Answer> {
    const request = new RequestScope(this.#scope)
    let failure: unknown
    try {
      if (credential) await identify(request, [credential])
      await page(scopeData(request), new ScopeHandle(request))
    } catch (error) {
      failure = error
    }
    try {
      request.prepare()
      await request.commit()
    } catch (error) {
      request.discard()
      failure ??= error
    }
    request.close()
    const { issued } = request
    request.release()
    return failure === undefined ? { status: 200, issued } : { ...failureOf(failure), issued }
  }

  /** Looks for what has ended, if it has not looked for a second. */
  async sweep(): Promise<void> {
    await this.clock.advance(1)
  }

  async backUp(): Promise<void> {
    await this.#scope.strategy.backlog?.flush()
  }

  /** From now on end handlers do not return. */
  holdEnds(): void {
    this.#waiting ??= new Gate()
  }

  releaseEnds(): void {
    this.#waiting?.open()
    this.#waiting = undefined
  }

  async stop(): Promise<void> {
    this.releaseEnds()
    await this.#scope.upkeep?.stop()
    this.#scope.strategy.backlog?.stop()
  }

  async #end({ id, reason, values }: EndedRecord): Promise<void> {
    this.ends.push({ id, reason, data: { ...values } })
    await this.#waiting?.pass()
  }
}

function failureOf(error: unknown): Pick<Answer, 'status' | 'code'> {
  const { status = 500, code = String(error) } = error as { status?: number; code?: string }
  return { status, code }
}
