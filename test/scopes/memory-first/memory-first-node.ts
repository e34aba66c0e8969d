import { createCodec } from '../../../src/codec/create.js'
import { contentOf } from '../../../src/scopes/attributes/place.js'
import type { ScopeEnvironment } from '../../../src/scopes/environment.js'
import { MemoryFirst } from '../../../src/scopes/memory-first/memory-first.js'
import { type Credential, newCredential, sealOf } from '../../../src/scopes/record/credential.js'
import type { CommitOutcome, OpenRecord } from '../../../src/scopes/record/open-record.js'
import type { OpenResult } from '../../../src/scopes/record/strategy.js'
import type { ScopeSettings } from '../../../src/scopes/settings.js'
import { recordEvents, scopeEnvironment } from '../../support/scope-environment.js'
import type { UnreliableStore } from './unreliable-store.js'

/** What a request finds. */
interface Sight {
  readonly status: OpenResult['status']
  readonly values?: object
  /** The credential that the visitor is given. */
  readonly issued?: Credential
}

/** A node with a memory-first scope, to which visitors come with their credentials. */
export class MemoryFirstNode {
  readonly environment: ScopeEnvironment
  readonly strategy: MemoryFirst
  readonly #recorded = recordEvents()

  constructor({ space, clock }: UnreliableStore, settings: Partial<ScopeSettings> = {}) {
    const { emit } = this.#recorded
    this.environment = scopeEnvironment({ space, clock, emit, settings: { cluster: false, ...settings } })
    this.strategy = new MemoryFirst(this.environment)
  }

  /** The names of the events emitted so far. */
  get events(): string[] {
    return this.#recorded.events.map(([name]) => name)
  }

  /** A visitor's first request, which stores these values. */
  async begin(values: object): Promise<Credential> {
    const credential = newCredential()
    await this.#commit(this.strategy.create(credential), values)
    return credential
  }

  /** The start of a request, which the test releases. */
  async open(credential: Credential): Promise<OpenRecord> {
    const result = await this.#open(credential)
    if (result.status !== 'opened') throw new Error(`The record is ${result.status}`)
    return result.record
  }

  /** A request that looks at everything. */
  async read(credential: Credential): Promise<Sight> {
    const result = await this.#open(credential)
    if (result.status !== 'opened') return { status: result.status }
    const { record, credential: issued } = result
    record.release()
    return { status: 'opened', values: valuesOf(record), ...(issued && { issued }) }
  }

  /** A request that sets these values. */
  async write(credential: Credential, values: object): Promise<CommitOutcome> {
    return this.#commit(await this.open(credential), values)
  }

  #open({ id, secret }: Credential): Promise<OpenResult> {
    return this.strategy.open(id, sealOf(secret))
  }

  async #commit(record: OpenRecord, values: object): Promise<CommitOutcome> {
    try {
      return await commit(record, values)
    } finally {
      record.release()
    }
  }
}

export function commit(record: OpenRecord, values: object): Promise<CommitOutcome> {
  for (const [name, value] of Object.entries(values)) record.attributes.set(name, value)
  return record.commit(record.attributes.delta())
}

const valuesOf = ({ attributes }: OpenRecord): object =>
  Object.fromEntries(attributes.names().map((name) => [name, attributes.get(name)]))

const codec = createCodec()

/** What a store has under the names of a record. */
export const decoded = (attributes: ReadonlyMap<string, Uint8Array> = new Map()): object =>
  Object.fromEntries([...attributes].map(([name, bytes]) => [name, codec.decode(contentOf(bytes), name)]))
