export type Argument = string | number | Buffer

/** As much of a connection to one server as we use. */
export interface RedisNode {
  readonly status: string
  readonly stream?: { cork(): void; uncork(): void }
  connect(): Promise<void>
  callBuffer(command: string, ...parameters: Argument[]): Promise<unknown>
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

export interface RedisServers {
  readonly client: RedisClient
  /** For messages. */
  readonly where: string
  /** The servers that take writes, as far as they are known. */
  masters(): readonly RedisNode[]
}
