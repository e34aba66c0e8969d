import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { Parameter } from './client.js'
import type { Connections } from './connections.js'
import { type Space, SpaceNumber } from './space-number.js'
import type { StatementName } from './statements.js'

/** A record comes back as one text, longer by a third, and the longest text of Node has 2^29 characters: room for another save. */
const mostBytes = 250_000_000

/** The rows of one space: what all of its statements have in common. */
export class SpaceTables {
  readonly cache: string
  readonly #connections: Connections
  readonly #number: SpaceNumber

  constructor(connections: Connections, space: Space) {
    this.cache = space.cache
    this.#connections = connections
    this.#number = new SpaceNumber(connections, space)
  }

  /** The number of the space, which notices carry. */
  number(call: Call): Promise<number> {
    return this.#number.get(call)
  }

  /** Runs a statement whose first parameter is the space. */
  run<Row>(name: StatementName, values: readonly Parameter[], call: Call): Promise<readonly Row[]> {
    const number = this.#number.known
    if (number !== undefined) return this.#connections.run(name, [number, ...values], call)
    return this.#number.get(call).then((found) => this.#connections.run(name, [found, ...values], call))
  }

  /** Throws STORAGE_FULL if the server or the client could not take so much in one message. Sending it would cost the connection. */
  checkSize(contents: Iterable<Uint8Array>, { operation }: Call): void {
    let bytes = 0
    for (const { byteLength } of contents) bytes += byteLength
    if (bytes <= mostBytes) return
    const most = mostBytes.toLocaleString('en')
    const reason = `${bytes.toLocaleString('en')} bytes were to be written at once; the most is ${most} bytes`
    throw new StorageError('STORAGE_FULL', { cache: this.cache, operation, reason })
  }

  /** The caller's deadline by the clock of the server; null if there is none. */
  deadlineOf(call: Call): EpochMs | null {
    return this.#connections.deadlineOf(call)
  }

  /**
   * Called when a statement did nothing, which the deadline may be the reason for. Throws if it has passed, also if only the clock
   * of the server says so: then that is measured anew.
   */
  async checkDeadline(call: Call): Promise<void> {
    if (call.givesUpAt === undefined) return
    throwIfGivenUp(call)
    if (!(await this.#connections.isLate(call))) return
    throw new StorageError('STORAGE_UNAVAILABLE', {
      cache: this.cache,
      operation: call.operation,
      reason: 'by the clock of the server the caller had given up',
    })
  }
}
