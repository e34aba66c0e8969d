import type { ChangeNotice, EpochMs } from '../../storage/contract.js'
import type { ScopeEnvironment } from '../environment.js'
import { type Credential, sealOf } from '../record/credential.js'
import type { OpenRecord } from '../record/open-record.js'
import { provisionalHead } from '../record/record-change.js'
import { StoredIdle } from '../record/stored-idle.js'
import type { Backlog, OpenResult, Strategy } from '../record/strategy.js'
import { Backups } from './backups.js'
import { Exchanges, type Found, type NotFound } from './exchanges.js'
import { Heirs } from './heirs.js'
import type { LiveRecord } from './live-record.js'
import { LiveRecords } from './live-records.js'
import { type LiveMemory, LiveView } from './live-view.js'

/**
 * `cluster: false`: the record lives in this node's memory, where its parallel requests share it, and every change is
 * backed up. The store is asked for records not held here, and by the touches, which also tell what other nodes did. A
 * store in which other processes write and that answers within microseconds is asked at every request.
 */
export class MemoryFirst implements Strategy {
  readonly idle: StoredIdle
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly backlog: Backlog
  readonly #memory: LiveMemory
  readonly #heirs: Heirs
  readonly #exchanges: Exchanges

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    const idle = new StoredIdle(environment.settings, true)
    this.idle = idle
    this.#records = new LiveRecords(environment)
    const backups = new Backups(environment, this.#records)
    this.backlog = backups
    this.#heirs = new Heirs(environment, this.#records, backups)
    this.#exchanges = new Exchanges(environment, this.#records, backups, idle)
    this.#memory = { environment, records: this.#records, backups, exchanges: this.#exchanges, idle }
  }

  openHeld(id: string, seal: string): OpenRecord | undefined {
    const held = this.#records.get(id)
    const isCurrent = held && !held.isExpired(this.#environment.clock.now()) && !this.#exchanges.isDue(held, seal)
    return isCurrent ? this.#view(held, true) : undefined
  }

  async open(id: string, seal?: string, isAccess = seal !== undefined): Promise<OpenResult> {
    const now = this.#environment.clock.now()
    const held = this.#records.get(id)
    if (!held) {
      const heir = this.#heirs.find(id, seal)
      return heir ? this.#inherited(heir) : this.#opened(await this.#exchanges.fetch(id, seal, isAccess), isAccess)
    }
    if (held.isExpired(now)) {
      // Another node may have served the visitor since. If not, it stays here: the store, for the slack, would revive it.
      const isFound = await this.#exchanges.refresh(held)
      if (!isFound || held.isExpired(now)) return { status: 'missing' }
    }
    const isCurrent = !this.#exchanges.isDue(held, seal) || (await this.#exchanges.confirms(held, seal))
    const found = { status: 'found', live: held } as const
    const result = isCurrent ? found : await this.#exchanges.ask(held, seal, isAccess)
    const heir = result.status === 'missing' ? this.#heirs.of(held, seal) : undefined
    return heir ? this.#inherited(heir) : this.#opened(result, isAccess)
  }

  create(credential: Credential): OpenRecord {
    const idleMs = this.idle.of(this.#environment.settings.timeoutMs)
    const head = provisionalHead(this.#environment, credential.id, sealOf(credential.secret), idleMs)
    const live = this.#records.begin({ ...head, hits: 0 })
    return new LiveView(this.#memory, live, live.visit(head.touchedAt))
  }

  forget(id: string): void {
    const live = this.#records.get(id)
    if (live && !live.is('orphaned')) this.#exchanges.part(live)
  }

  /** Before its next use the store is asked, which may have been told of something else since. */
  onChange({ id, version }: ChangeNotice): void {
    const live = this.#records.get(id)
    if (live && live.head.version !== version) live.suspected()
  }

  onGap(): void {
    for (const live of this.#records.all()) live.suspected()
  }

  /** Opens an heir with its credential: since it was created it may have ended, or been given another one. */
  async #inherited(heir: Promise<Credential>): Promise<OpenResult> {
    const credential = await heir
    const result = await this.open(credential.id, sealOf(credential.secret))
    return result.status === 'opened' ? { credential, ...result } : { status: 'missing' }
  }

  #opened(result: Found | NotFound, isAccess: boolean): OpenResult {
    if (result.status !== 'found') return result
    return { status: 'opened', record: this.#view(result.live, isAccess, result.confirmedSince) }
  }

  #view(live: LiveRecord, isAccess: boolean, confirmedSince?: EpochMs): OpenRecord {
    const { prolong } = this.idle
    // Its visitor has come back before the store has it: it is created with the whole idle time.
    if (isAccess && live.is('new') && prolong && this.idle.isFirst(live.head.idleMs)) live.lives(prolong.toMs)
    const lastVisit = isAccess ? live.visit(this.#environment.clock.now()) : live.touchedAt
    return new LiveView(this.#memory, live, lastVisit, confirmedSince)
  }
}
