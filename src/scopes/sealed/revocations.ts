import type { EpochMs, ObjectSpace } from '../../storage/contract.js'
import type { ScopeBasics } from '../environment.js'

/** A revocation stays this much longer than what it revokes, because the clocks of nodes differ. */
const marginMs = 120_000

const ended = 'ended'

/**
 * The sealed records of one scope that were ended, and the serials that rotations have replaced, in a cache that all nodes
 * share. They stay until no text with them opens any more.
 */
export class Revocations {
  readonly #objects: ObjectSpace
  readonly #basics: Pick<ScopeBasics, 'application' | 'kind' | 'clock'>

  constructor(objects: ObjectSpace, basics: Pick<ScopeBasics, 'application' | 'kind' | 'clock'>) {
    this.#objects = objects
    this.#basics = basics
  }

  /** `ended`, or when the serial was replaced; undefined if the text opens. Asks for both in one turn. */
  async find(id: string, serial: string): Promise<typeof ended | EpochMs | undefined> {
    const options = { now: this.#basics.clock.now() }
    const [end, rotation] = await Promise.all([
      this.#objects.get(this.#key(ended, id), options),
      this.#objects.get(this.#key('rotated', serial), options),
    ])
    if (end) return ended
    return rotation && Number(Buffer.from(rotation).toString())
  }

  /** `until`: the record has expired then at the latest; null: never. */
  end(id: string, until: EpochMs | null): Promise<void> {
    return this.#set(this.#key(ended, id), until)
  }

  rotate(serial: string, until: EpochMs | null): Promise<void> {
    return this.#set(this.#key('rotated', serial), until)
  }

  async #set(key: string, until: EpochMs | null): Promise<void> {
    const now = this.#basics.clock.now()
    const ttlMs = until === null ? null : Math.max(0, Math.ceil(until - now)) + marginMs
    await this.#objects.set(key, Buffer.from(String(now)), { now, ttlMs })
  }

  #key(what: 'ended' | 'rotated', subject: string): string {
    const { application, kind } = this.#basics
    return [application, kind, what, subject].join(':')
  }
}
