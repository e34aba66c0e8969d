export type Argument = string | number | Buffer

/** As much of a connection to one server as we use. */
export interface RedisNode {
  readonly status: string
  readonly stream?: { cork(): void; uncork(): void }
  connect(): Promise<void>
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
  on(event: 'ready', listener: () => void): unknown
  once(event: 'ready', listener: () => void): unknown
}

/** As much of ioredis as we use, of a single server or of a cluster. */
export interface RedisClient {
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

/** A connection that hears what is published. It is not made again when it breaks. */
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
  /** For messages. */
  readonly where: string
  /** The servers that take writes, as far as they are known. */
  masters(): readonly RedisNode[]
  /** Why they cannot be reached, where the client keeps that to itself. */
  whyUnreachable?(): Promise<Error | undefined>
  /** Connects nothing yet. `isCurrent`: its server is still one of these. undefined when no server is known. */
  subscriber(): { readonly client: RedisSubscriber; isCurrent(): boolean } | undefined
}
