import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** A web socket as the package `ws` has it: the part that is used here, and that handlers get. */
export interface Socket {
  /** 1 while messages can be sent. */
  readonly readyState: number
  /** The bytes that were sent and have not left yet, because the other side does not read them. */
  readonly bufferedAmount: number
  send(message: string | Uint8Array): void
  close(code?: number, reason?: string): void
  terminate(): void
  ping(): void
  pause(): void
  resume(): void
  on(event: 'message', listener: (message: Buffer, isBinary: boolean) => void): unknown
  on(event: 'close', listener: (code: number, reason: Buffer) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'pong', listener: () => void): unknown
}

export interface SocketServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, callback: (socket: Socket) => void): void
  on(event: 'headers', listener: (lines: string[], request: IncomingMessage) => void): unknown
}

/** The package `ws`. */
export interface SocketLibrary {
  readonly WebSocketServer: new (options: {
    readonly noServer: true
    readonly clientTracking: false
    readonly maxPayload: number
  }) => SocketServer
}
