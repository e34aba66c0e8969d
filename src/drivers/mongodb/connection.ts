import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import { jittered } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import { ClockOffset, readClock } from '../network/clock-offset.js'
import type { Fields, MongoClient, MongoCollection, MongoServers, ServerState, TopologyEvent } from './client.js'
import {
  isBroken,
  isMomentary,
  isSelectionTimeout,
  isUnknownCommand,
  storageFailure,
  tooLargeRecord,
} from './failure.js'

/** The pauses before a command that a server refused for the moment is sent again. */
const pausesMs = [50, 100, 200]

/**
 * How long the servers may be lost before calls reject at once. Until then a call waits: the client loses a server with each
 * connection that breaks, and finds it again in a moment.
 */
const graceMs = 500
/** How often open() looks for a server that has not answered yet, a second at a time. */
const mostLooks = 5

/** The largest document of MongoDB, less some room for the head of a record. */
const largestBytes = 16 * 1024 * 1024 - 16 * 1024

/** A server tells its time in whole milliseconds. */
const clockResolutionMs = 1

/** The types of servers that accept writes. */
const writable = ['Standalone', 'RSPrimary', 'Mongos', 'LoadBalancer']

/** What a server says of itself. */
export interface Hello {
  readonly time: EpochMs
  readonly setName: string | undefined
  readonly hosts: readonly string[]
  readonly isMongos: boolean
}

/** Sends a command with the options that keep it within the caller's deadline. */
export type Send<T> = (options: Fields) => Promise<T>

export interface Manner {
  /** The command may be sent twice: it changes nothing, or the second time nothing. */
  readonly isRepeatable?: boolean
  readonly isExpected?: (error: unknown) => boolean
}

/**
 * The connections to MongoDB. While no server accepts writes every call rejects at once, and the client looks for one in
 * the background.
 */
export class MongoConnection {
  readonly #servers: MongoServers
  #opened: MongoClient | undefined
  readonly #cache: string
  readonly #clock = new ClockOffset()
  /** The server that accepts writes, undefined if there is none; before the first event it is not known. */
  #present: { readonly address?: string; readonly server?: ServerState } | undefined
  #lost: Error | undefined
  #absentSince = 0
  #knowsHello = true

  constructor(servers: MongoServers, cache: string) {
    this.#servers = servers
    this.#cache = cache
  }

  get cache(): string {
    return this.#cache
  }

  /** Whether a read must ask the majority whether this server still is the primary. A standalone server refuses such reads. */
  get isReplicated(): boolean {
    const { type, setName } = this.#present?.server ?? {}
    return type !== 'Standalone' || typeof setName === 'string'
  }

  /** Connects. Rejects with the first failure. */
  async open(): Promise<void> {
    this.#opened = await this.#servers.createClient().catch((error) => {
      throw this.#failure(error, 'open')
    })
    this.#opened.on('topologyDescriptionChanged', (event) => this.#notice(event))
    for (let looks = 1; ; looks += 1) {
      try {
        await this.#client.connect()
        break
      } catch (error) {
        if (looks === mostLooks || this.#lost || !isSelectionTimeout(error)) throw this.#failure(error, 'open')
      }
    }
    await this.measureClock({ operation: 'open' })
  }

  collection(name: string): MongoCollection {
    return this.#client.db(this.#servers.database).collection(name)
  }

  /** A command that reads from the database of the records. */
  command(command: Fields, call: Call): Promise<Fields> {
    const database = this.#client.db(this.#servers.database)
    return this.run(call, (options) => database.command(command, options), { isRepeatable: true })
  }

  /**
   * Sends a command, and again if that may succeed and cannot apply it twice, unless the caller has given up. Throws a
   * StorageError; an error that `isExpected` knows is thrown as it is.
   */
  async run<T>(call: Call, send: Send<T>, { isRepeatable = false, isExpected = never }: Manner = {}): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      throwIfGivenUp(call)
      this.#throwIfAbsent(call)
      try {
        return await send(withinDeadline(call))
      } catch (error) {
        if (isExpected(error)) throw error
        throwIfGivenUp(call)
        const mayRepeat = isMomentary(error) || (attempt === 0 && isBroken(error, isRepeatable))
        const pauseMs = mayRepeat ? pausesMs[attempt] : undefined
        if (pauseMs === undefined) throw this.#failure(error, call.operation)
        await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
      }
    }
  }

  /** The condition that a write is not begun after its caller has given up, by the clock of the server. */
  inTime(call: Call): Fields {
    const deadline = this.#clock.timeOf(call.givesUpAt)
    return deadline === undefined ? {} : { $expr: { $lt: ['$$NOW', new Date(deadline)] } }
  }

  /** Throws STORAGE_FULL if these values alone are more than a document can have. */
  checkSize(values: Iterable<Uint8Array>, call: Call): void {
    let bytes = 0
    for (const { byteLength } of values) bytes += byteLength
    if (bytes > largestBytes) throw tooLargeRecord(this.#cache, call.operation)
  }

  /** Compares the clocks. Called whenever the server may be another one, or its clock may have been set. */
  async measureClock(call: Call): Promise<Hello> {
    const hello = await readClock(() => this.#hello(call), clockResolutionMs)
    this.#clock.learn(hello)
    return hello
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }

  get #client(): MongoClient {
    if (!this.#opened) throw new TypeError('The driver is not open')
    return this.#opened
  }

  async #hello(call: Call): Promise<Hello> {
    const admin = this.#client.db('admin')
    const ask = (command: Fields) =>
      this.run(call, (options) => admin.command(command, options), { isRepeatable: true, isExpected: isUnknownCommand })
    const reply = await ask(this.#knowsHello ? { hello: 1 } : { isMaster: 1 }).catch((error) => {
      if (!isUnknownCommand(error)) throw error
      this.#knowsHello = false
      return ask({ isMaster: 1 })
    })
    const { localTime, setName, hosts, msg } = reply
    return {
      time: localTime instanceof Date ? localTime.getTime() : Number.NaN,
      setName: typeof setName === 'string' ? setName : undefined,
      hosts: Array.isArray(hosts) ? hosts.map(String) : [],
      isMongos: msg === 'isdbgrid',
    }
  }

  #notice({ newDescription }: TopologyEvent): void {
    const servers = [...newDescription.servers]
    const before = this.#present?.address
    const [address, server] = servers.find(([, { type }]) => writable.includes(type)) ?? []
    if (!server && (before !== undefined || !this.#present)) this.#absentSince = performance.now()
    this.#present = { ...(address !== undefined && { address }), ...(server && { server }) }
    this.#lost = server ? undefined : (servers.find(([, { error }]) => error)?.[1].error ?? this.#lost)
    // The clock of another primary may differ. If this fails, a call that is refused as late measures again.
    if (server && address !== before) this.measureClock({ operation: 'health' }).catch(() => {})
  }

  #throwIfAbsent({ operation }: Call): void {
    if (!this.#present || this.#present.server || performance.now() - this.#absentSince < graceMs) return
    const { where } = this.#servers
    const reason = `${where}: ${this.#lost?.message ?? 'no server accepts writes'}`
    throw new StorageError('STORAGE_UNAVAILABLE', { cache: this.#cache, operation, reason }, { cause: this.#lost })
  }

  #failure(error: unknown, operation: string): StorageError {
    if (error instanceof StorageError) return error
    return storageFailure(error, { cache: this.#cache, operation, where: this.#servers.where, lost: this.#lost })
  }
}

const never = (): boolean => false

/** The time that is left, for the server: the guard ends the call itself. */
const withinDeadline = ({ givesUpAt }: Call): Fields =>
  givesUpAt === undefined ? {} : { maxTimeMS: Math.max(1, Math.ceil(givesUpAt - performance.now())) }
