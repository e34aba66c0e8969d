import type {
  Claim,
  ClaimOptions,
  Deadline,
  Driver,
  EpochMs,
  ListQuery,
  LoadOptions,
  LoadResult,
  RecordCreate,
  RecordUpdate,
  SaveResult,
  Space,
  StoredRecord,
} from '../../storage/contract.js'
import { pagesOf } from '../../storage/pages.js'

export const start = Date.UTC(2026, 0, 1)
export const minute = 60_000
/** The default life of records in the suite. */
export const life = { idleMs: 30 * minute, endsAt: null }

/** More than any listing of the suite needs: without a limit, one that begins again and again would never fail. */
const mostPages = 2_000

let versions = 0

/** A space with its own clock and shorter calls. */
export class TestSpace {
  readonly name: string
  readonly driver: Driver
  readonly space: Space
  now: EpochMs

  constructor(name: string, driver: Driver, now = start) {
    this.name = name
    this.driver = driver
    this.space = driver.space(name, { endGraceMs: 7 * 24 * 60 * minute })
    this.now = now
  }

  /** The same space through another connection, at the same time. */
  through(driver: Driver): TestSpace {
    return new TestSpace(this.name, driver, this.now)
  }

  pass(ms: number): void {
    this.now += ms
  }

  create(id: string, change: Partial<RecordCreate> = {}): Promise<SaveResult> {
    const complete = { mode: 'create', id, version: freshVersion(), seal: 'seal', life, ...change } as const
    return this.space.save(complete, { now: this.now })
  }

  update(id: string, change: Partial<RecordUpdate> = {}): Promise<SaveResult> {
    return this.space.save({ mode: 'update', id, version: freshVersion(), ...change }, { now: this.now })
  }

  load(id: string, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
    return this.space.load(id, { now: this.now, ...options })
  }

  /** The record as a plain load returns it; throws if there is none. */
  async stored(id: string): Promise<StoredRecord> {
    const result = await this.load(id)
    if (result.status !== 'loaded') throw new Error(`${id} is ${result.status}`)
    return result.record
  }

  /** Ends a record and settles its claim, so that its id is free again. */
  async remove(id: string): Promise<void> {
    await this.update(id, { ending: 'removed' })
    await this.settle(await this.claim({ id }))
  }

  count(): Promise<number> {
    return this.space.count({ now: this.now })
  }

  /** The ids of all pages, in the order they came. */
  async ids(query: Partial<ListQuery> = {}): Promise<string[]> {
    const ids: string[] = []
    let pages = 0
    for await (const { items } of pagesOf((from) =>
      this.space.list({ now: this.now, limit: 100, ...query, ...from }),
    )) {
      if (pages === mostPages) throw new Error(`A listing goes on after ${mostPages} pages`)
      pages += 1
      ids.push(...items.map((head) => head.id))
    }
    return ids
  }

  claim(options: Partial<ClaimOptions> = {}): Promise<readonly Claim[]> {
    return this.space.claimExpired({ now: this.now, limit: 100, leaseMs: minute, ...options })
  }

  renew(claims: readonly Claim[], leaseMs = minute): Promise<readonly string[]> {
    return this.space.renew(claims, { now: this.now, leaseMs })
  }

  settle(claims: readonly Claim[]): Promise<readonly string[]> {
    return this.space.settle(claims, { now: this.now })
  }
}

export function freshVersion(): string {
  versions += 1
  return `version-${process.pid}-${versions}`
}

/** A deadline that passes when the test lets it. */
export class TestDeadline implements Deadline {
  readonly leftMs = minute
  readonly #controller = new AbortController()

  get isPast(): boolean {
    return this.signal.aborted
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  pass(): void {
    this.#controller.abort()
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Attributes to set, from texts. */
export const attributes = (texts: Readonly<Record<string, string>>): Map<string, Uint8Array> =>
  new Map(Object.entries(texts).map(([name, text]) => [name, bytes(text)]))

/** The attributes as texts, by name. */
export const textsOf = ({ attributes }: StoredRecord): [string, string][] =>
  [...attributes].map(([name, value]): [string, string] => [name, new TextDecoder().decode(value)]).sort(byName)

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1)
