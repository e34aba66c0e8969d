import { jittered } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import type { ClockReading } from '../network/clock-offset.js'
import type { Argument, RedisNode, RedisServers } from './client.js'
import { ServerClocks } from './clocks.js'
import { asItIs, type Command, type Read, ScriptRun } from './command.js'
import { isLate, isMomentary, isNoScript, isUnsent, storageFailure } from './failure.js'
import { connect, connectEarly } from './opening.js'
import type { Script } from './scripts.js'

/** The pauses before a command that the servers refused for the moment is sent again. */
const pausesMs = [50, 100, 200]

/** A turn of the event loop. Commands sent in it leave in one write. */
interface Turn {
  isOver: boolean
}

/**
 * The connection to Redis, or those to the nodes of a cluster. Commands sent in one turn of the event loop leave in one
 * write. Without a connection every call rejects at once, while the client reconnects in the background.
 */
export class RedisConnection {
  readonly #servers: RedisServers
  readonly #cache: string
  readonly #clocks = new ServerClocks()
  /** The reason why there is no connection; undefined if there is one. */
  #lost: Error | undefined
  /** The current turn, from its first command on. */
  #turn: Turn | undefined

  constructor(servers: RedisServers, cache: string) {
    this.#servers = servers
    this.#cache = cache
    const { client, masters } = servers
    const lose = (error: Error) => {
      this.#lost = error
    }
    client.on('error', lose)
    client.on('node error', lose)
    client.on('ready', () => {
      this.#lost = undefined
      masters().forEach(connectEarly)
      void this.measureClocks()
    })
    client.on('+node', (node) => {
      node.on('ready', () => void this.measureClocks())
      setImmediate(() => client.status === 'ready' && connectEarly(node))
    })
  }

  /** The servers that accept writes. */
  get masters(): readonly RedisNode[] {
    return this.#servers.masters()
  }

  /** Connects. Rejects with the first failure. */
  async open(): Promise<void> {
    try {
      await connect(this.#servers)
      await this.measureClocks()
    } catch (error) {
      this.#lost = (await this.#servers.whyUnreachable?.()) ?? this.#lost
      throw this.#failure(error, 'open', false)
    }
  }

  /** Runs a script in one round trip; in two if the server has not run it since its start. `read` makes the result of the reply. */
  run<Reply, Result = Reply>(
    script: Script,
    keys: readonly string[],
    parameters: readonly Argument[],
    call: Call,
    read: Read<Reply, Result> = asItIs,
  ): Promise<Result> {
    const all = [keys.length, ...keys, ...parameters]
    if (script.hasDeadline) all.push(this.#clocks.deadlineOf(call))
    return this.#carryOut(new ScriptRun(this.#servers.client, script, all, call, read))
  }

  command<Reply>(call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    const send = () => this.#servers.client.callBuffer(command, ...parameters)
    return this.#carryOut<Reply>({ call, send, read: asItIs })
  }

  /** Sends a command to one of the masters. */
  commandTo<Reply>(node: RedisNode, call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    return this.#carryOut<Reply>({ call, send: () => node.callBuffer(command, ...parameters), read: asItIs })
  }

  /** Measures the clocks. Called whenever a server may have been replaced, or its clock set. */
  measureClocks(): Promise<readonly ClockReading[]> {
    return this.#clocks.measure(this.masters)
  }

  /** Closes the connection after the replies under way have come. */
  async close(): Promise<void> {
    const { client } = this.#servers
    await client.quit().catch(() => client.disconnect())
  }

  /** Closes the connection at once, without waiting for replies. */
  abandon(): void {
    this.#servers.client.disconnect()
  }

  /** Sends a command. Nearly every command is answered, so the work for failures is done only when one comes. */
  #carryOut<Result>(command: Command<Result>, attempt = 0): Promise<Result> {
    this.#turn ??= this.#begin()
    const turn = this.#turn
    return command.send().then(command.read, (error) => this.#carryOn(command, attempt, turn, error))
  }

  /** Sends a failed command again if that may succeed, unless the caller has given up. Throws a StorageError. */
  async #carryOn<Result>(command: Command<Result>, attempt: number, turn: Turn, error: unknown): Promise<Result> {
    const { call } = command
    throwIfGivenUp(call)
    if (command.bySource && isNoScript(error)) return this.#carryOut(command.bySource(), attempt)
    if (isLate(error)) void this.measureClocks()
    const hasLeft = turn.isOver || !isClosed(error)
    // The client leaves a server that is no longer master, so a later attempt may find no connection yet.
    const mayFareBetter = isMomentary(error) || (attempt > 0 && isUnsent(error, { hasLeft }))
    const pauseMs = mayFareBetter ? pausesMs[attempt] : undefined
    if (pauseMs === undefined) throw this.#failure(error, call.operation, hasLeft)
    await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
    throwIfGivenUp(call)
    return this.#carryOut(command, attempt + 1)
  }

  /** Begins a turn: nothing leaves before its end. */
  #begin(): Turn {
    const turn = { isOver: false }
    const streams = this.masters.map(({ stream }) => stream)
    for (const stream of streams) stream?.cork()
    setImmediate(() => {
      turn.isOver = true
      this.#turn = undefined
      for (const stream of streams) stream?.uncork()
    })
    return turn
  }

  #failure(error: unknown, operation: string, hasLeft: boolean) {
    const { where } = this.#servers
    return storageFailure(error, { cache: this.#cache, operation, where, lost: this.#lost, hasLeft })
  }
}

/**
 * Whether a connection closed. ioredis gives this error for unsent and sent commands alike; only an unsent one gets it
 * in the same turn.
 */
const isClosed = (error: unknown): boolean => error instanceof Error && error.message === 'Connection is closed.'
