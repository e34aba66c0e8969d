import { isScopesError, type ScopesError } from '../../../src/errors/scopes-error.js'
import type { Credential } from '../../../src/scopes/record/credential.js'
import { identify } from '../../../src/scopes/request/identification.js'
import { RequestScope } from '../../../src/scopes/request/request-scope.js'
import { rotate } from '../../../src/scopes/request/rotation.js'
import { scopeData } from '../../../src/scopes/request/scope-data.js'
import type { Scope } from '../../../src/scopes/scope.js'
import type { ExpectedRecord } from './expected-record.js'
import { assertThat, type ExpectedRequest, type Intent } from './expected-request.js'
import type { Name, Step } from './script.js'

export interface VisitParts {
  readonly name: string
  readonly scope: Scope
  readonly script: readonly Step[]
  readonly credential: Credential
}

/** One request: does step by step what its script says, and compares with what is expected. */
export class Visit {
  readonly name: string
  readonly request: RequestScope
  readonly expected: ExpectedRequest
  /** What it gave its record last, by name. */
  readonly written = new Map<Name, string>()
  readonly changed = new Set<Name>()
  readonly #records: Map<string, ExpectedRecord>
  readonly #data: Record<string, unknown>
  readonly #steps: (() => unknown)[]
  #tokens = 0

  constructor(
    { name, scope, script, credential }: VisitParts,
    expected: ExpectedRequest,
    records: Map<string, ExpectedRecord>,
  ) {
    this.name = name
    this.request = new RequestScope(scope)
    this.expected = expected
    this.#records = records
    this.#data = scopeData(this.request)
    this.#steps = [() => this.#open(credential), ...script.map((step) => () => this.#do(step)), () => this.#finish()]
  }

  get isOver(): boolean {
    return this.#steps.length === 0
  }

  /** Does its next step. */
  async goOn(): Promise<void> {
    await this.#steps.shift()?.()
  }

  async #open(credential: Credential): Promise<void> {
    this.expected.arrives()
    await identify(this.request, [credential])
    // It gets 503 at its first use of the scope, and that is all.
    if (this.request.state.hasFailed) return void this.#steps.splice(0)
    this.expected.opened(this.request.record ? 'record' : this.request.isVacant ? 'vacant' : 'superseded')
  }

  #do(step: Step): unknown {
    switch (step.do) {
      case 'read':
        return this.#read(step.name)
      case 'write':
        return this.#write(step.name)
      case 'change inside':
        return this.#changeInside(step.name)
      case 'remove':
        return this.#remove(step.name)
      case 'reload':
        return this.#reload()
      default:
        return this.#settle(step.do)
    }
  }

  async #reload(): Promise<void> {
    this.expected.reloads()
    this.written.clear()
    const code = await this.request.reload().then(() => undefined, codeIn)
    const { refusal } = this.expected
    assertThat(code === refusal, `the reload of ${this.name} fails with ${code}, not ${refusal}`)
  }

  async #finish(): Promise<void> {
    this.request.prepare()
    await this.#settle('commit')
    this.request.close()
    this.request.release()
  }

  #read(name: Name): void {
    const [actual, expected] = [this.#data[name], this.expected.read(name)]
    assertThat(same(actual, expected), `${this.name} reads ${shown(actual)} as ${name}, not ${shown(expected)}`)
    const [names, expectedNames] = [Object.keys(this.#data).sort(), this.expected.names.sort()]
    assertThat(same(names, expectedNames), `${this.name} sees ${names}, not ${expectedNames}`)
  }

  #write(name: Name): void {
    const token = this.#newToken()
    this.#assign(name, token, token)
  }

  #remove(name: Name): void {
    if (this.#fails(() => delete this.#data[name])) return
    this.expected.remove(name)
    this.changed.add(name)
    this.written.delete(name)
  }

  #changeInside(name: Name): void {
    const [list, expectedList] = [this.#data[name], this.expected.read(name)]
    assertThat(same(list, expectedList), `${this.name} reads ${shown(list)} as ${name}, not ${shown(expectedList)}`)
    const token = this.#newToken()
    if (Array.isArray(list) && Array.isArray(expectedList)) {
      list.push(token)
      expectedList.push(token)
      this.#isChanged(name, token)
    } else this.#assign(name, [token], token)
  }

  #assign(name: Name, value: unknown, token: string): void {
    const isRefused = this.#fails(() => {
      this.#data[name] = structuredClone(value)
    })
    if (isRefused) return
    this.expected.write(name, value)
    const { record } = this.expected
    if (record && this.request.record) this.#records.set(this.request.record.id, record)
    this.#isChanged(name, token)
  }

  #isChanged(name: Name, token: string): void {
    this.changed.add(name)
    this.written.set(name, token)
  }

  /** Whether the scope refuses changes, as it should or should not at this point. */
  #fails(change: () => void): boolean {
    const code = codeOf(change)
    const { refusal } = this.expected
    assertThat(code === refusal, `a change of ${this.name} fails with ${code}, not ${refusal}`)
    return refusal !== undefined
  }

  async #settle(intent: Intent): Promise<void> {
    await this.#ask(intent)
    if (!this.expected.record) this.written.clear()
  }

  async #ask(intent: Intent): Promise<void> {
    const { refusal } = this.expected
    this.expected.begin(intent)
    if (intent === 'commit') return this.expected.settled(intent, await this.request.commit())
    try {
      await (intent === 'rotate' ? rotate(this.request) : this.request.invalidate())
    } catch (error) {
      if (refusal && isScopesError(error, refusal)) return
      return this.expected.settled(intent, outcomeOf(error))
    }
    assertThat(!refusal, `${intent} of ${this.name} succeeds`)
    this.expected.settled(intent, 'saved')
  }

  #newToken(): string {
    this.#tokens += 1
    return `${this.name}${this.#tokens}`
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const shown = (value: unknown) => JSON.stringify(value) ?? 'nothing'

function codeOf(change: () => unknown): string | undefined {
  try {
    change()
    return undefined
  } catch (error) {
    return codeIn(error)
  }
}

const codeIn = (error: unknown) => (error as ScopesError).code

function outcomeOf(error: unknown): 'missing' | 'resealed' {
  if (isScopesError(error, 'SCOPE_LOST')) return 'missing'
  if (isScopesError(error, 'SCOPE_CONFLICT')) return 'resealed'
  throw error
}
