import { reasonOf } from '../../errors/scopes-error.js'
import { StorageError } from '../../storage/storage-error.js'
import { jittered } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { HazelcastClient, HazelcastLibrary, HazelcastMap, Member, Ringbuffer } from './client.js'
import { fateOf, storageFailure } from './failure.js'
import { type Link, linkTo } from './link.js'
import type { HazelcastOptions } from './options.js'

/** The pauses before a request is sent again: a lost member needs about a second to be replaced by its backups. */
const pausesMs = [50, 100, 200, 400, 800]

const credentials = /Authentication|cluster name|credentials|not allowed in the cluster|partition count/i

/** Hears how the cluster changes. */
interface Audience {
  /** A member may have joined. */
  onJoin(): void
  onLeave(): void
}

/** The client of a cluster. The client reconnects by itself; without a connection every call rejects at once. */
export class HazelcastConnection {
  readonly library: HazelcastLibrary
  readonly #options: HazelcastOptions
  readonly #cache: string
  /** How often this client has connected to a cluster, which may be another one each time. */
  #connects = 0
  #audience: Audience = { onJoin() {}, onLeave() {} }
  #link: Link | undefined

  constructor(library: HazelcastLibrary, options: HazelcastOptions, cache: string) {
    this.library = library
    this.#options = options
    this.#cache = cache
  }

  get connects(): number {
    return this.#connects
  }

  get members(): readonly Member[] {
    return this.#client.getCluster().getMembers()
  }

  /** Reports to this one from now on. */
  report(audience: Audience): void {
    this.#audience = audience
  }

  async open(): Promise<void> {
    const onJoin = () => this.#audience.onJoin()
    const onLeave = () => this.#audience.onLeave()
    const onConnect = () => {
      this.#connects += 1
      onJoin()
    }
    try {
      this.#link = await linkTo(this.library, this.#options, { onConnect, onJoin, onLeave })
    } catch (cause) {
      throw this.#refusal(reasonOf(cause).replace(/\.$/, ''), cause)
    }
  }

  /** Sends a request that may be repeated, because it changes nothing. */
  read<T>(call: Call, send: (client: HazelcastClient) => Promise<T>): Promise<T> {
    return this.#carryOut(call, send, true)
  }

  /** Sends a request that is not repeated once it may have been carried out. */
  write<T>(call: Call, send: (client: HazelcastClient) => Promise<T>): Promise<T> {
    return this.#carryOut(call, send, false)
  }

  map<V>(call: Call, name: string): Promise<HazelcastMap<V>> {
    return this.read(call, (client) => client.getMap<V>(name))
  }

  ringbuffer(call: Call, name: string): Promise<Ringbuffer> {
    return this.read(call, (client) => client.getRingbuffer(name))
  }

  /** The StorageError for what reading a value threw. */
  failure(error: unknown, operation: string): StorageError {
    return storageFailure(error, { cache: this.#cache, operation, lost: this.#link?.trouble() }, this.library)
  }

  async close(): Promise<void> {
    await this.#link?.client.shutdown()
  }

  async #carryOut<T>(call: Call, send: (client: HazelcastClient) => Promise<T>, isSafe: boolean): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      throwIfGivenUp(call)
      try {
        return await send(this.#client)
      } catch (error) {
        throwIfGivenUp(call)
        const fate = fateOf(error, this.library)
        const pauseMs = fate === 'refused' || (isSafe && fate === 'lost') ? pausesMs[attempt] : undefined
        if (pauseMs === undefined) throw this.failure(error, call.operation)
        await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
      }
    }
  }

  #refusal(reason: string, cause: unknown): StorageError {
    const cache = this.#cache
    if (!credentials.test(reason)) {
      const where = `members ${this.#options.members.join(', ')}: ${reason}`
      return new StorageError('STORAGE_UNAVAILABLE', { cache, operation: 'open', reason: where }, { cause })
    }
    const remedy = 'Correct clusterName:, or the user and its password.'
    return new StorageError('STORAGE_UNUSABLE', { cache, reason, remedy }, { cause })
  }

  get #client(): HazelcastClient {
    if (!this.#link) throw new TypeError('The driver is not open')
    return this.#link.client
  }
}
