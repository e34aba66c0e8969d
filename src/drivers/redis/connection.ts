import { jittered } from '../../support/backoff.js'
import { systemClock, wait } from '../../support/clock.js'
import { type Call, throwIfGivenUp } from './call.js'
import type { Argument, RedisNode, RedisServers } from './client.js'
import { type Reading, ServerClocks } from './clocks.js'
import { isLate, isMomentary, isNoScript, isUnsent, storageFailure } from './failure.js'
import { connect, connectEarly } from './opening.js'
import type { Script } from './scripts.js'

/** Before what the servers refuse for the moment is asked for again. */
const pausesMs = [50, 100, 200]

/** What is sent, and on whose behalf. */
interface Command {
  readonly call: Call
  send(): Promise<unknown>
  /** For a server that does not know the script that `send` names. */
  sendSource?(): Promise<unknown>
}

/** What happens between two looks at the sockets. */
interface Turn {
  isOver: boolean
}

/**
 * The connection to Redis, or those to the nodes of a cluster. What is sent in one turn of the event loop leaves in one
 * write. While there is no connection every call rejects at once, and connecting goes on beside them.
 */
export class RedisConnection {
  readonly #servers: RedisServers
  readonly #cache: string
  readonly #clocks = new ServerClocks()
  /** Why there is no connection, if there is none. */
  #lost: Error | undefined
  /** The present one, once something was sent in it. */
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

  /** The servers that take writes. */
  get masters(): readonly RedisNode[] {
    return this.#servers.masters()
  }

  /** Rejects with the first failure. */
  async open(): Promise<void> {
    try {
      await connect(this.#servers)
      await this.measureClocks()
    } catch (error) {
      this.#lost = (await this.#servers.whyUnreachable?.()) ?? this.#lost
      throw this.#failure(error, 'open', false)
    }
  }

  /** One round trip; two when this server has not run the script since it started. */
  run<Reply>(script: Script, keys: readonly string[], parameters: readonly Argument[], call: Call): Promise<Reply> {
    const { client } = this.#servers
    const { digest, source, hasDeadline } = script
    const rest = [keys.length, ...keys, ...parameters]
    if (hasDeadline) rest.push(this.#clocks.deadlineOf(call))
    return this.#carryOut({
      call,
      send: () => client.callBuffer('evalsha', digest, ...rest),
      sendSource: () => client.callBuffer('eval', source, ...rest),
    })
  }

  command<Reply>(call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    return this.#carryOut({ call, send: () => this.#servers.client.callBuffer(command, ...parameters) })
  }

  /** To one of the masters. */
  commandTo<Reply>(node: RedisNode, call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    return this.#carryOut({ call, send: () => node.callBuffer(command, ...parameters) })
  }

  /** Whenever a server may have been replaced, or its clock set. */
  measureClocks(): Promise<readonly Reading[]> {
    return this.#clocks.measure(this.masters)
  }

  /** Waits for the replies under way, if there is a connection. */
  async close(): Promise<void> {
    const { client } = this.#servers
    await client.quit().catch(() => client.disconnect())
  }

  /** At once, replies or not. */
  abandon(): void {
    this.#servers.client.disconnect()
  }

  /** Nearly every command is answered: what else may come costs it nothing. */
  #carryOut<Reply>(command: Command, attempt = 0): Promise<Reply> {
    this.#turn ??= this.#begin()
    const turn = this.#turn
    return command.send().catch((error) => this.#carryOn(command, attempt, turn, error)) as Promise<Reply>
  }

  /** Sends again what may fare better, but nothing for a caller who has given up meanwhile. Throws a StorageError. */
  async #carryOn(command: Command, attempt: number, turn: Turn, error: unknown): Promise<unknown> {
    const { call, sendSource } = command
    throwIfGivenUp(call)
    if (sendSource && isNoScript(error)) return this.#carryOut({ call, send: sendSource }, attempt)
    if (isLate(error)) void this.measureClocks()
    const hasLeft = turn.isOver || !isClosed(error)
    // A server that has lost its role is left for the new one, so that a later attempt may find no connection yet.
    const mayFareBetter = isMomentary(error) || (attempt > 0 && isUnsent(error, { hasLeft }))
    const pauseMs = mayFareBetter ? pausesMs[attempt] : undefined
    if (pauseMs === undefined) throw this.#failure(error, call.operation, hasLeft)
    await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
    throwIfGivenUp(call)
    return this.#carryOut(command, attempt + 1)
  }

  /** Nothing leaves before the end of the turn. */
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

/** ioredis says the same of a command that it has not sent and of one that it has: only the former is known in the same turn. */
const isClosed = (error: unknown): boolean => error instanceof Error && error.message === 'Connection is closed.'
