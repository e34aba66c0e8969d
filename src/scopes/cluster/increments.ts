import { ScopesError } from '../../errors/scopes-error.js'
import type { RecordUpdate, SaveResult, Version } from '../../storage/contract.js'
import { incremented } from '../attributes/incremented.js'
import { contentOf, leadOf, placeAfter, placeOf } from '../attributes/place.js'
import { checkSize } from '../attributes/size-limit.js'
import type { ScopeEnvironment } from '../environment.js'
import { update } from '../record/record-change.js'
import type { Copy, LocalCopies } from './local-copies.js'

/** How often other nodes may come first: each time one of them has succeeded. */
const mostTries = 100

const none: ReadonlySet<string> = new Set()

interface Call {
  readonly name: string
  readonly by: number
  /** With the sum as value and as stored; undefined: the record has ended. */
  resolve(sum: Sum | undefined): void
  reject(error: unknown): void
}

export interface Sum {
  readonly value: number
  readonly bytes: Uint8Array
  /** What the save made of the record's version; absent if it saved other requests' sums too. */
  readonly versions?: { readonly from: Version; readonly to: Version }
}

/**
 * Adds to numbers in records, whatever other requests and nodes do meanwhile. What is asked for one record while a save is
 * under way goes out together in the next one, so that the requests of a node never contend with each other.
 */
export class Increments {
  readonly #environment: ScopeEnvironment
  readonly #copies: LocalCopies
  /** By id of the record: the calls that wait for the save under way. */
  readonly #waiting = new Map<string, Call[]>()

  constructor(environment: ScopeEnvironment, copies: LocalCopies) {
    this.#environment = environment
    this.#copies = copies
  }

  /** Resolves with undefined when the record has ended. Rejects with TypeError when the attribute is no number, SCOPE_CHANGED. */
  add(id: string, name: string, by: number): Promise<Sum | undefined> {
    return new Promise((resolve, reject) => {
      const call = { name, by, resolve, reject }
      const waiting = this.#waiting.get(id)
      if (waiting) waiting.push(call)
      else void this.#run(id, call)
    })
  }

  async #run(id: string, first: Call): Promise<void> {
    let calls = [first]
    while (calls.length > 0) {
      const next: Call[] = []
      this.#waiting.set(id, next)
      try {
        await this.#apply(id, calls)
      } catch (error) {
        for (const call of calls) call.reject(error)
      }
      calls = next
    }
    this.#waiting.delete(id)
  }

  /** Under the version that the numbers were read with. */
  async #apply(id: string, calls: readonly Call[]): Promise<void> {
    let present = this.#copies.peek(id) ?? (await this.#load(id))
    for (let tries = 0; present && tries < mostTries; tries += 1) {
      const batch = new Batch(this.#environment, present, calls)
      if (batch.set.size === 0) return batch.resolve()
      const { version } = present.head
      const delta = { set: batch.set, unset: none }
      const change = update(id, this.#environment.newVersion(), delta, { ifVersion: version }, false)
      const result = await this.#save(change, version)
      if (result.status === 'saved') return batch.resolve({ from: result.previous, to: change.version })
      present = result.status === 'missing' ? undefined : await this.#load(id)
    }
    if (present) throw new ScopesError('SCOPE_CHANGED', { scope: this.#environment.kind })
    for (const call of calls) call.resolve(undefined)
  }

  async #load(id: string) {
    const result = await this.#copies.load(id)
    return result.status === 'loaded' ? result.copy : undefined
  }

  async #save(change: RecordUpdate, held: Version): Promise<SaveResult> {
    const { clock, space } = this.#environment
    const result = await space.save(change, { now: clock.now(), held })
    if (result.status === 'saved') this.#copies.update(change, result.previous)
    else this.#copies.delete(change.id)
    return result
  }
}

/** The sums of some calls, one after the other, on the attributes that a record has now. */
class Batch {
  readonly set = new Map<string, Uint8Array>()
  readonly #sums: (readonly [call: Call, sum: Sum])[] = []

  /** A call whose attribute is no number, or that would make the record too large, is rejected here and left out. */
  constructor(environment: ScopeEnvironment, { head, attributes: before }: Copy, calls: readonly Call[]) {
    const { codec, kind } = environment
    let next: number | undefined
    for (const call of calls) {
      const path = `${kind}.${call.name}`
      const stored = this.set.get(call.name) ?? before.get(call.name)
      try {
        const value = incremented(path, stored && codec.decode(contentOf(stored), path), call.by)
        const place = stored ? placeOf(stored) : (next ?? before.nextPlace)
        const sum = { value, bytes: codec.encode(value, path, leadOf(place)) }
        checkSize(environment, head.id, before, { set: new Map(this.set).set(call.name, sum.bytes), unset: none })
        if (!stored) next = placeAfter(place)
        this.set.set(call.name, sum.bytes)
        this.#sums.push([call, sum])
      } catch (error) {
        call.reject(error)
      }
    }
  }

  resolve(versions?: Sum['versions']): void {
    const isAlone = this.#sums.length === 1
    for (const [call, sum] of this.#sums) call.resolve(isAlone && versions ? { ...sum, versions } : sum)
  }
}
