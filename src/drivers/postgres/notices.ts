import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeListener, ChangeNotice } from '../../storage/contract.js'
import { Backoff } from '../../support/backoff.js'
import { callOf } from '../network/call.js'
import { isNoticeKind } from '../network/notice-kind.js'
import type { Connections } from './connections.js'
import type { Listening } from './listening.js'

type Kind = ChangeNotice['kind']

interface Seat {
  readonly space: number
  readonly listener: ChangeListener
}

/** The most notices of one statement. */
const mostTogether = 500
const firstRetryMs = 50
const longestRetryMs = 2_000

/** The channel of a schema and prefix. Channels belong to a database. */
export const channelOf = (schema: string, prefix: string): string =>
  `koa_scopes_${createHash('sha256').update(`${schema}\0${prefix}`).digest('base64url').slice(0, 20)}`

/**
 * The change notices of a driver, all on one channel. Ends are part of the statement that ends a record. Saves and releases are
 * sent afterwards, those of one turn together: a transaction with a notice waits for every other one that has some.
 */
export class Notices {
  readonly channel: string
  /** Identifies this driver's own notices, which it ignores. */
  readonly #origin = randomBytes(6).toString('base64url')
  readonly #connections: Connections
  readonly #listening: Listening | undefined
  readonly #seats = new Set<Seat>()
  readonly #closed = new AbortController()
  #waiting: string[] = []
  #isSending = false

  constructor(connections: Connections, listening: Listening | undefined, channel: string) {
    this.#connections = connections
    this.#listening = listening
    this.channel = channel
  }

  /** The text of a notice, up to its id: `origin space kind id version`, with the id in hex. */
  beginning(space: number, kind: Kind): string {
    return `${this.#origin} ${space} ${kind} `
  }

  text(space: number, kind: Kind, id: string, version: string): string {
    return `${this.beginning(space, kind)}${Buffer.from(id).toString('hex')} ${version}`
  }

  /** Sends a notice at the end of this turn, or as soon as the server can be reached again. */
  send(text: string): void {
    if (!this.#listening) return
    this.#waiting.push(text)
    if (this.#isSending) return
    this.#isSending = true
    setImmediate(() => void this.#sendAll())
  }

  /** Listens to the changes of a space. Resolves, with a function that stops it, when no later notice can be missed. */
  async watch(space: number, listener: ChangeListener): Promise<() => Promise<void>> {
    const seat = { space, listener }
    this.#seats.add(seat)
    try {
      await this.#listening?.start({ hear: (text) => this.#hear(text), miss: () => this.#miss() })
    } catch (error) {
      this.#leave(seat)
      throw error
    }
    return async () => this.#leave(seat)
  }

  /** Sends what still waits, if the server can be reached. Its statement leaves before this returns. */
  async close(): Promise<void> {
    this.#closed.abort()
    this.#listening?.close()
    if (this.#waiting.length === 0) return
    const values = [this.channel, this.#waiting]
    await this.#connections.run('notify', values, callOf('notify', {})).catch(() => {}) // as when a node dies
  }

  #leave(seat: Seat): void {
    this.#seats.delete(seat)
    if (this.#seats.size === 0) this.#listening?.stop()
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#closed
    const backoff = new Backoff(firstRetryMs, longestRetryMs)
    while (this.#waiting.length > 0 && !signal.aborted) {
      const some = this.#waiting.slice(0, mostTogether)
      try {
        await this.#connections.run('notify', [this.channel, some], callOf('notify', {}))
        this.#waiting.splice(0, some.length)
        backoff.reset()
      } catch {
        await pause(backoff.next(), undefined, { signal, ref: false }).catch(() => {}) // closed
      }
    }
    this.#isSending = false
  }

  #hear(text: string): void {
    const [origin, space, kind, id = '', ...version] = text.split(' ')
    if (origin === this.#origin || !isNoticeKind(kind)) return
    const notice = { kind, id: String(Buffer.from(id, 'hex')), version: version.join(' ') }
    for (const seat of this.#seats) if (seat.space === Number(space)) seat.listener.onChange(notice)
  }

  #miss(): void {
    for (const { listener } of this.#seats) listener.onGap()
  }
}
