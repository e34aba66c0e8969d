export type Argument = string | number | Buffer

/** The part of ioredis that this driver uses, for a connection to one server. */
export interface RedisNode {
  readonly status: string
  readonly stream?: { cork(): void; uncork(): void }
  connect(): Promise<void>
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
  on(event: 'ready', listener: () => void): unknown
  once(event: 'ready', listener: () => void): unknown
}

/** The part of ioredis that this driver uses, for a single server or a cluster. */
interface RedisClient {
  readonly status: string
  connect(): Promise<void>
  quit(): Promise<unknown>
  disconnect(): void
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
  on(event: 'error' | 'node error', listener: (error: Error) => void): unknown
  on(event: 'ready', listener: () => void): unknown
  on(event: '+node', listener: (node: RedisNode) => void): unknown
  once(event: 'ready', listener: () => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** A connection that receives published messages. It does not reconnect. */
export interface RedisSubscriber {
  connect(): Promise<void>
  disconnect(): void
  subscribe(...channels: string[]): Promise<unknown>
  unsubscribe(...channels: string[]): Promise<unknown>
  ping(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  once(event: 'end', listener: () => void): unknown
}

export interface RedisServers {
  readonly client: RedisClient
  /** The servers' addresses, for messages. */
  readonly where: string
  /** The known servers that accept writes. */
  masters(): readonly RedisNode[]
  /** Finds out why the servers cannot be reached, if the client does not report it. */
  whyUnreachable?(): Promise<Error | undefined>
  /**
   * Creates a subscriber, which does not connect yet. `isCurrent`: its server is still one of the masters. undefined if
   * no server is known.
   */
  subscriber(): { readonly client: RedisSubscriber; isCurrent(): boolean } | undefined
}
