import type { ScopeEnvironment } from '../environment.js'
import { type Credential, newCredential, sameSeal, sealOf } from '../record/credential.js'
import type { Backups } from './backups.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'

/** What an orphaned record goes on as, and the credential that opens it. */
export interface Heir {
  readonly live: LiveRecord
  readonly credential: Credential
}

interface Succession {
  /** Of the orphan. */
  readonly seal: string
  readonly heir: Promise<Heir>
}

/** For so long the old cookie leads to the new record: requests may have been sent before the new one arrived. */
const successionMs = 60_000

/**
 * Creates orphaned records anew when their visitors come: under a new id, because the old one has ended on all other
 * nodes.
 */
export class Heirs {
  readonly #environment: ScopeEnvironment
  readonly #records: LiveRecords
  readonly #backups: Backups
  readonly #successions = new Map<string, Succession>()

  constructor(environment: ScopeEnvironment, records: LiveRecords, backups: Backups) {
    this.#environment = environment
    this.#records = records
    this.#backups = backups
  }

  /** The heir of a record that is missing, for the visitor who presents this seal of it. */
  find(id: string, seal: string | undefined): Promise<Heir> | undefined {
    const succession = this.#successions.get(id)
    return succession && seal !== undefined && sameSeal(succession.seal, seal) ? succession.heir : undefined
  }

  /** As `find`, and creates it for an orphan. Rejects if it cannot be stored; then the next request tries again. */
  of(missing: LiveRecord, seal: string | undefined): Promise<Heir> | undefined {
    const isTheirs = seal !== undefined && sameSeal(missing.head.seal, seal)
    const isDue = missing.is('orphaned') && isTheirs
    return this.find(missing.id, seal) ?? (isDue ? this.#begin(missing) : undefined)
  }

  #begin(orphan: LiveRecord): Promise<Heir> {
    const { id, head } = orphan
    const heir = this.#create(orphan)
    this.#successions.set(id, { seal: head.seal, heir })
    heir.then(
      () => this.#environment.clock.schedule(() => this.#successions.delete(id), successionMs),
      () => this.#successions.delete(id),
    )
    return heir
  }

  async #create(orphan: LiveRecord): Promise<Heir> {
    const { newVersion } = this.#environment
    const credential = newCredential()
    const { id, secret } = credential
    const head = { ...orphan.head, id, seal: sealOf(secret), version: newVersion(), touchedAt: orphan.touchedAt }
    const live = this.#records.begin(head)
    live.owe({ set: new Map(orphan.values.encoded), unset: new Set() }, live.values)
    try {
      await this.#backups.save(live)
    } catch (error) {
      live.ended()
      throw error
    }
    orphan.ended()
    return { live, credential }
  }
}
