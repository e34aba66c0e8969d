import { randomBytes } from 'node:crypto'
import type { ChangeListener, ChangeNotice, SpaceOptions } from '../../storage/contract.js'
import { isNoticeKind } from '../network/notice-kind.js'
import type { RedisServers } from './client.js'
import { storageFailure } from './failure.js'
import { Listening } from './listening.js'

const originBytes = 6

interface Seat {
  readonly channel: string
  readonly listener: ChangeListener
}

/** The change notices of all spaces of a driver. One connection receives those of other nodes while a space listens. */
export class Notices {
  readonly #servers: RedisServers
  readonly #cache: string
  readonly #origin = randomBytes(originBytes).toString('base64url')
  /** Begins this driver's own messages, which it ignores. */
  readonly #own = `["${this.#origin}",`
  readonly #seats = new Set<Seat>()
  #listening: Listening | undefined

  constructor(servers: RedisServers, cache: string) {
    this.#servers = servers
    this.#cache = cache
  }

  /** The instruction for scripts: which changes to publish, and on which channel. See publish() in scripts/record.lua. */
  instruction(channel: string, kinds: NonNullable<SpaceOptions['notices']>): string {
    return `${kinds} ${this.#origin} ${channel}`
  }

  /** Listens. Resolves, with a function that stops it, when no later notice can be missed. Throws STORAGE_UNAVAILABLE. */
  async watch(channel: string, listener: ChangeListener): Promise<() => Promise<void>> {
    const seat = { channel, listener }
    this.#seats.add(seat)
    this.#listening ??= new Listening(this.#servers, this)
    try {
      await this.#listening.subscribe(channel)
    } catch (error) {
      await this.#leave(seat)
      const { where } = this.#servers
      const cache = this.#cache
      throw storageFailure(error, { cache, operation: 'watch', where, lost: undefined, hasLeft: false })
    }
    return () => this.#leave(seat)
  }

  close(): void {
    this.#listening?.stop()
  }

  channels(): readonly string[] {
    return [...new Set([...this.#seats].map(({ channel }) => channel))]
  }

  hear(channel: string, message: string): void {
    const notice = message.startsWith(this.#own) ? undefined : noticeOf(message)
    if (!notice) return
    for (const seat of this.#seats) if (seat.channel === channel) seat.listener.onChange(notice)
  }

  miss(): void {
    for (const { listener } of this.#seats) listener.onGap()
  }

  async #leave(seat: Seat): Promise<void> {
    this.#seats.delete(seat)
    if (this.#seats.size === 0) {
      this.#listening?.stop()
      this.#listening = undefined
    } else if (!this.channels().includes(seat.channel)) await this.#listening?.unsubscribe(seat.channel)
  }
}

/** The notice in a message; undefined for messages of other programs. */
function noticeOf(message: string): ChangeNotice | undefined {
  const [, kind, id, version] = partsOf(message)
  if (typeof id !== 'string' || typeof version !== 'string') return undefined
  return isNoticeKind(kind) ? { kind, id, version } : undefined
}

/** The parts of a message; none if it is not a JSON array, because other programs may publish anything. */
function partsOf(message: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(message)
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
