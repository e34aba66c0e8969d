import type { Argument, RedisNode, RedisServers } from './client.js'
import { isNoScript, storageFailure } from './failure.js'
import { connect, connectEarly } from './opening.js'
import type { Script } from './scripts.js'

/** On whose behalf a command is sent. */
export interface Call {
  readonly operation: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The connection to Redis, or those to the nodes of a cluster. What is sent in one turn of the event loop leaves in one
 * write. While there is no connection every call rejects at once, and connecting goes on beside them.
 */
export class RedisConnection {
  readonly #servers: RedisServers
  readonly #cache: string
  /** Why there is no connection, if there is none. */
  #lost: Error | undefined
  #corked = false

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
    })
    client.on('+node', (node) => setImmediate(() => client.status === 'ready' && connectEarly(node)))
  }

  /** The servers that take writes. */
  get masters(): readonly RedisNode[] {
    return this.#servers.masters()
  }

  /** Rejects with the first failure; then nothing is left open. */
  open(): Promise<void> {
    return this.#named({ operation: 'open' }, async () => {
      try {
        await connect(this.#servers)
      } catch (error) {
        this.#servers.client.disconnect()
        throw error
      }
    })
  }

  /** One round trip; two when this server has not run the script since it started. */
  run<Reply>(
    { digest, source }: Script,
    keys: readonly string[],
    parameters: readonly Argument[],
    call: Call,
  ): Promise<Reply> {
    const rest = [keys.length, ...keys, ...parameters]
    return this.#named(call, async () => {
      try {
        return await this.#send('evalsha', digest, ...rest)
      } catch (error) {
        if (!isNoScript(error)) throw error
        call.signal?.throwIfAborted()
        return await this.#send('eval', source, ...rest)
      }
    })
  }

  command<Reply>(call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    return this.#named(call, () => this.#send(command, ...parameters))
  }

  /** To one of the masters. */
  commandTo<Reply>(node: RedisNode, call: Call, command: string, ...parameters: readonly Argument[]): Promise<Reply> {
    return this.#named(call, () => node.callBuffer(command, ...parameters))
  }

  /** Waits for the replies under way, if there is a connection. */
  async close(): Promise<void> {
    const { client } = this.#servers
    await client.quit().catch(() => client.disconnect())
  }

  /** Turns what fails into a StorageError. Sends nothing for a caller who has given up. */
  async #named<Reply>({ operation, signal }: Call, send: () => Promise<unknown>): Promise<Reply> {
    signal?.throwIfAborted()
    try {
      return (await send()) as Reply
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error
      throw storageFailure(error, { cache: this.#cache, operation, where: this.#servers.where, lost: this.#lost })
    }
  }

  #send(command: string, ...parameters: readonly Argument[]): Promise<unknown> {
    if (!this.#corked) this.#cork()
    return this.#servers.client.callBuffer(command, ...parameters)
  }

  #cork(): void {
    const streams = this.masters.map(({ stream }) => stream)
    for (const stream of streams) stream?.cork()
    this.#corked = true
    setImmediate(() => {
      this.#corked = false
      for (const stream of streams) stream?.uncork()
    })
  }
}
