import type { EpochMs, RecordHead, StoredRecord, Touch } from '../../storage/contract.js'
import { dueOf, isLive, isOpen, touched } from '../../storage/record.js'
import type { Resident } from './residents.js'

const never = Number.POSITIVE_INFINITY

/** One record in memory. Heads and attributes are replaced, never changed in place: what was handed out stays as it was. */
export class Entry implements Resident {
  readonly owner: Resident['owner']
  /** Ascends in the order of creation; listings go by it. */
  readonly serial: number
  /** From when on it may be claimed, and how it is claimed at present. */
  dueAt: EpochMs
  claim: { readonly token: string; readonly attempt: number } | undefined
  #record: StoredRecord

  constructor(owner: Resident['owner'], serial: number, record: StoredRecord) {
    this.owner = owner
    this.serial = serial
    this.#record = record
    this.dueAt = record.expiresAt ?? never
  }

  get id(): string {
    return this.#record.id
  }

  get record(): StoredRecord {
    return this.#record
  }

  get head(): RecordHead {
    const { attributes, ...head } = this.#record
    return head
  }

  touch(touch: Touch | undefined): void {
    this.#record = touched(this.#record, touch)
    this.dueAt = this.#record.expiresAt ?? never
  }

  replace(record: StoredRecord, now: EpochMs): void {
    this.#record = record
    this.dueAt = dueOf(record, now) ?? never
  }

  lease(token: string, until: EpochMs): { readonly token: string; readonly attempt: number } {
    this.claim = { token, attempt: (this.claim?.attempt ?? 0) + 1 }
    this.dueAt = until
    return this.claim
  }

  isLive(now: EpochMs): boolean {
    return !this.claim && isLive(this.#record, now)
  }

  isOpen(now: EpochMs): boolean {
    return !this.claim && isOpen(this.#record, now)
  }

  isWaiting(now: EpochMs): boolean {
    return !this.isLive(now)
  }
}
