import { type Delta, emptyDelta, isEmpty, nothing } from '../attributes/delta.js'
import type { EncodedAttributes } from '../attributes/encoded-attributes.js'
import type { ScopeEnvironment } from '../environment.js'
import { type Credential, newCredential, sameSeal, sealOf } from '../record/credential.js'
import type { Backups } from './backups.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'

interface Succession {
  /** Of the orphan. */
  readonly seal: string
  /** The credential that opens what it goes on as. */
  readonly heir: Promise<Credential>
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

  /** The credential of the heir of a record that is missing, for the visitor who presents this seal of it. */
  find(id: string, seal: string | undefined): Promise<Credential> | undefined {
    const succession = this.#successions.get(id)
    return succession && seal !== undefined && sameSeal(succession.seal, seal) ? succession.heir : undefined
  }

  /** As `find`, and creates it for an orphan. Rejects if it cannot be stored; then the next request tries again. */
  of(missing: LiveRecord, seal: string | undefined): Promise<Credential> | undefined {
    const isTheirs = seal !== undefined && sameSeal(missing.head.seal, seal)
    const isDue = missing.is('orphaned') && isTheirs
    return this.find(missing.id, seal) ?? (isDue ? this.#begin(missing) : undefined)
  }

  #begin(orphan: LiveRecord): Promise<Credential> {
    const { id, head } = orphan
    const heir = this.#create(orphan)
    this.#successions.set(id, { seal: head.seal, heir })
    heir.then(
      () => this.#environment.clock.schedule(() => this.#successions.delete(id), successionMs),
      () => this.#successions.delete(id),
    )
    return heir
  }

  async #create(orphan: LiveRecord): Promise<Credential> {
    const credential = newCredential()
    const { head, hits, touchedAt } = orphan
    const seal = sealOf(credential.secret)
    const version = this.#environment.newVersion()
    const live = this.#records.begin({ ...head, id: credential.id, seal, version, hits, touchedAt })
    const inherited = orphan.values.encoded
    live.owe({ set: new Map(inherited), unset: new Set() }, live.values)
    try {
      await this.#backups.save(live)
    } catch (error) {
      live.ended()
      throw error
    }
    const later = difference(inherited, orphan.values.encoded)
    if (!isEmpty(later)) {
      live.owe(later, live.values)
      this.#backups.saveBehind(live)
    }
    orphan.ended()
    return credential
  }
}

/** What requests that were at work on the orphan have committed while its heir was being stored. */
function difference(before: EncodedAttributes, after: EncodedAttributes): Delta {
  if (before === after) return nothing
  const delta = emptyDelta()
  for (const [name, bytes] of after) if (before.get(name) !== bytes) delta.set.set(name, bytes)
  for (const name of before.keys()) if (!after.has(name)) delta.unset.add(name)
  return delta
}
