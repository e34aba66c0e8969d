import type { Socket } from '../../http/sockets/library.js'
import type { Connection } from '../connect.js'
import type { ScopedMembers, ScopesShape } from '../types.js'

/** What the handlers of a web socket get: the socket, its connection, and the scopes of this run, as on `ctx`. */
export type SocketEvent<S extends ScopesShape> = ScopedMembers<S> & {
  readonly socket: Socket
  readonly connection: Connection<S>
}

export type MessageEvent<S extends ScopesShape> = SocketEvent<S> & {
  /** Text, or the bytes of a binary message. */
  readonly message: string | Buffer
}

export interface CloseEvent<S extends ScopesShape> {
  readonly socket: Socket
  /** Can still run, unless its session has ended or the container closes. */
  readonly connection: Connection<S>
  /** The code that either side has sent, as 1009 for a message that was too long; 1006 if the other side has gone without a word. */
  readonly code: number
  readonly reason: string
}

export interface SocketHandlers<S extends ScopesShape> {
  /** Runs when the socket is open, before its first message. If it throws, no message is handled and the socket closes, whatever onError does. */
  onOpen?(event: SocketEvent<S>): unknown
  /** Runs for each message, one after the other, as a request does: what it changes is saved, and it extends the session's life. */
  onMessage?(event: MessageEvent<S>): unknown
  /** Runs once when the socket has closed, after its messages. */
  onClose?(event: CloseEvent<S>): unknown
  /** Runs for each error of the handlers. Without it, the error is logged (CONNECTION_WITHOUT_RECORD as a warning), and the socket
   * closed with 1011, or 1013 if a store is unavailable. */
  onError?(error: unknown, event: { readonly socket: Socket; readonly connection: Connection<S> }): unknown
  /** Messages for which it returns true are dropped: they are no access, and do not extend the session's life. It answers at once, not by a promise. */
  isHeartbeat?(message: string | Buffer): boolean
}

/** A run with the socket it belongs to. */
export class RunEvent {
  readonly socket: Socket
  readonly connection: unknown
  readonly message?: string | Buffer
  readonly #members: Readonly<Record<'application' | 'session' | 'client' | 'scopes', unknown>>

  constructor(members: object, socket: Socket, connection: unknown, message?: string | Buffer) {
    this.#members = members as never
    this.socket = socket
    this.connection = connection
    if (message !== undefined) this.message = message
  }

  get application(): unknown {
    return this.#members.application
  }

  get session(): unknown {
    return this.#members.session
  }

  get client(): unknown {
    return this.#members.client
  }

  get scopes(): unknown {
    return this.#members.scopes
  }
}
