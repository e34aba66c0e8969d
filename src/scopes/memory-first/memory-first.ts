import type { ChangeNotice, EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { ScopeEnvironment } from '../environment.js'
import { type Credential, sameSeal, sealOf } from '../record/credential.js'
import { reportLost } from '../record/lost.js'
import type { OpenRecord } from '../record/open-record.js'
import { provisionalHead } from '../record/record-change.js'
import type { Backlog, OpenResult, Strategy } from '../record/strategy.js'
import { Backups } from './backups.js'
import { type Heir, Heirs } from './heirs.js'
import { withoutSlack, withSlack } from './idle-slack.js'
import { LiveRecord } from './live-record.js'
import { LiveRecords } from './live-records.js'
import { type LiveMemory, LiveView } from './live-view.js'

interface Found {
  readonly status: 'found'
  readonly live: LiveRecord
  readonly confirmedSince?: EpochMs
  /** The visitor's from now on. */
  readonly credential?: Credential
}
type NotFound = Exclude<OpenResult, { status: 'opened' }>

/**
 * `cluster: false`: the record lives in this node's memory, where its parallel requests share it, and every change is
 * backed up. The store is asked for records not held here, and by the touches, which also tell what other nodes did.
 */
export class MemoryFirst implements Strategy {
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly backlog: Backlog
  readonly #backups: Backups
  readonly #memory: LiveMemory
  readonly #heirs: Heirs
  readonly #fetches = new Map<string, Promise<Found | NotFound>>()

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    this.#records = new LiveRecords(environment.settings.memoryBytes)
    this.#backups = new Backups(environment, this.#records)
    this.backlog = this.#backups
    this.#heirs = new Heirs(environment, this.#records, this.#backups)
    this.#memory = {
      environment,
      records: this.#records,
      backups: this.#backups,
      refresh: (live) => this.#refresh(live),
    }
  }

  async open(id: string, seal?: string): Promise<OpenResult> {
    const now = this.#environment.clock.now()
    const held = this.#records.get(id)
    if (!held) return this.#opened(await (this.#inherited(id, seal) ?? this.#fetchOnce(id, seal)), seal)
    if (held.isExpired(now)) {
      // Another node may have served the visitor since. If not, it stays here: the store, for the slack, would revive it.
      const isFound = await this.#refresh(held)
      if (!isFound || held.isExpired(now)) return { status: 'missing' }
    }
    if (!held.isTouchDue(now) && fits(held, seal)) return this.#opened({ status: 'found', live: held }, seal)
    const result = await this.#ask(held, seal)
    const goesOn = held.orphaned && result.status === 'missing' && seal !== undefined && fits(held, seal)
    return this.#opened(goesOn ? foundHeir(await this.#heirs.of(held)) : result, seal)
  }

  create(credential: Credential): OpenRecord {
    const idleMs = withSlack(this.#environment.settings.timeoutMs)
    const head = provisionalHead(this.#environment, credential.id, sealOf(credential.secret), idleMs)
    const live = new LiveRecord(this.#environment, { attributes: new Map(), ...head, hits: 0 }, false)
    const view = new LiveView(this.#memory, live, live.visit(head.touchedAt))
    this.#records.place(live)
    return view
  }

  storedIdle(timeoutMs: number | null): number | null {
    return withSlack(timeoutMs)
  }

  timeoutOf(storedIdleMs: number | null): number | null {
    return withoutSlack(storedIdleMs)
  }

  forget(id: string): void {
    const live = this.#records.get(id)
    if (live && !live.orphaned) this.#part(live)
  }

  /** Before its next use the store is asked, which may have been told of something else since. */
  onChange({ id, version }: ChangeNotice): void {
    const live = this.#records.get(id)
    if (live && live.head.version !== version) live.stale = true
  }

  onGap(): void {
    for (const live of this.#records.all()) live.stale = true
  }

  async #refresh(live: LiveRecord): Promise<boolean> {
    await this.#backups.save(live)
    return live.turns.run(async () => (await this.#exchange(live, undefined)).status === 'found')
  }

  #opened(result: Found | NotFound, seal: string | undefined): OpenResult {
    if (result.status !== 'found') return result
    const { live, confirmedSince, credential } = result
    const lastVisit = seal === undefined ? live.touchedAt : live.visit(this.#environment.clock.now())
    const record = new LiveView(this.#memory, live, lastVisit, confirmedSince)
    return { status: 'opened', record, ...(credential && { credential }) }
  }

  #inherited(id: string, seal: string | undefined): Promise<Found> | undefined {
    return this.#heirs.find(id, seal)?.then(foundHeir)
  }

  /** Parallel first requests of a record share one load, hence one object. */
  #fetchOnce(id: string, seal: string | undefined): Promise<Found | NotFound> {
    const key = `${id}.${seal}`
    const fetch = this.#fetches.get(key) ?? this.#fetch(id, seal).finally(() => this.#fetches.delete(key))
    this.#fetches.set(key, fetch)
    return fetch
  }

  async #fetch(id: string, seal: string | undefined): Promise<Found | NotFound> {
    const now = this.#environment.clock.now()
    const result = await this.#environment.space.load(id, {
      now,
      ...(seal !== undefined && { seal, touch: { touchedAt: now } }),
    })
    if (result.status === 'missing' || result.status === 'refused') return result
    if (result.status === 'unchanged')
      throw new TypeError('The driver answered "unchanged" without being given a version')
    const confirmedSince = result.previouslyTouchedAt
    const present = this.#records.get(id)
    if (present) return { status: 'found', live: present, confirmedSince }
    const live = new LiveRecord(this.#environment, result.record, true)
    live.touchedAt = live.visitedElsewhereAt = confirmedSince
    this.#records.place(live)
    return { status: 'found', live, confirmedSince }
  }

  /** A touch is due, or the seal is another than this node knows: the store decides. */
  async #ask(held: LiveRecord, seal: string | undefined): Promise<Found | NotFound> {
    held.users += 1
    try {
      if (held.isUnsaved && (await this.#backups.save(held)) === 'missing') reportLost(this.#environment, held.id)
      return await held.turns.run(async () => {
        const answered = !held.isTouchDue(this.#environment.clock.now()) && fits(held, seal)
        return answered ? { status: 'found', live: held } : this.#exchange(held, seal)
      })
    } catch (error) {
      const goesOn = error instanceof StorageError && this.#environment.settings.whenUnavailable === 'local'
      if (goesOn && fits(held, seal)) return { status: 'found', live: held }
      throw error
    } finally {
      held.users -= 1
      this.#records.place(held)
    }
  }

  /** Tells the store of the accesses here, learns what others did. */
  async #exchange(live: LiveRecord, seal: string | undefined): Promise<Found | NotFound> {
    if (live.gone || live.orphaned) return { status: 'missing' }
    const now = this.#environment.clock.now()
    const hits = live.takeHits()
    const result = await this.#environment.space
      .load(live.id, {
        now,
        ...(seal !== undefined && { seal, touch: { touchedAt: now, hits } }),
        ...(!live.stale && { ifChangedSince: live.head.version }),
      })
      .catch((error) => {
        live.countHits(hits)
        throw error
      })
    if (result.status === 'refused' || seal === undefined) live.countHits(hits)
    if (result.status === 'refused') return result
    if (result.status === 'missing') {
      if (!live.vacant) this.#part(live)
      return result
    }
    const confirmedSince = result.previouslyTouchedAt
    if (confirmedSince > live.head.touchedAt) live.visitedElsewhereAt = confirmedSince
    if (result.status === 'unchanged') live.confirm(result)
    else live.replace(result.record)
    live.touchedAt = Math.max(live.touchedAt, confirmedSince)
    return { status: 'found', live, confirmedSince }
  }

  /**
   * The store has it no longer. That it ended is no loss; that it could not be told of the visits here is one, and so is
   * what nobody waits for that is not yet backed up. What is on its way tells of itself.
   */
  #part(live: LiveRecord): void {
    const { clock, settings } = this.#environment
    const now = clock.now()
    const isLoss = live.hasOutlivedStore(now) || (settings.backup === 'behind' && live.isUnsaved && !live.saving)
    live.part(now)
    if (live.orphaned) return
    this.#records.remove(live)
    if (isLoss) reportLost(this.#environment, live.id)
  }
}

const foundHeir = (heir: Heir): Found => ({ status: 'found', ...heir })

const fits = (live: LiveRecord, seal: string | undefined) => seal === undefined || sameSeal(live.head.seal, seal)
