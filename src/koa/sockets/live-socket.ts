import { isScopesError } from '../../errors/scopes-error.js'
import type { Pulse } from '../../http/sockets/heartbeats.js'
import { Inbox } from '../../http/sockets/inbox.js'
import type { Socket } from '../../http/sockets/library.js'
import type { Connection } from '../connect.js'
import type { FailureLog } from '../failure-log.js'
import type { ScopesShape } from '../types.js'
import { RunEvent } from './handlers.js'
import type { CheckedSocketsOptions } from './options.js'

/** The close codes of RFC 6455 and its registry. */
const codes = { goingAway: 1001, gone: 1006, policyViolation: 1008, internalError: 1011, tryAgainLater: 1013 } as const

/** The `readyState` of a socket that can send. */
const open = 1

/** The code with which `ws` closes a socket whose other side breaks the protocol or a limit. */
function codeFor(error: Error): number {
  switch ('code' in error && error.code) {
    case 'WS_ERR_INVALID_UTF8':
      return 1007
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return 1008
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 1009
    default:
      return 1002
  }
}

export interface LiveSocketOptions<S extends ScopesShape> {
  readonly options: Pick<CheckedSocketsOptions<S>, 'handlers' | 'path' | 'closesAtEnd' | 'most'>
  readonly failures: FailureLog
  /** Called once, when it is closed and all is done. */
  readonly onGone: (socket: LiveSocket<S>) => void
}

/** A web socket joined with the live connection behind it. */
export class LiveSocket<S extends ScopesShape> implements Pulse {
  readonly #socket: Socket
  readonly #connection: Connection<S>
  readonly #options: LiveSocketOptions<S>['options']
  readonly #failures: FailureLog
  readonly #onGone: LiveSocketOptions<S>['onGone']
  readonly #inbox: Inbox<string | Buffer>
  #opening: Promise<void> | undefined
  #isAlive = true
  /** The close code that was sent to the other side. */
  #sent: number | undefined

  constructor(socket: Socket, connection: Connection<S>, given: LiveSocketOptions<S>) {
    this.#socket = socket
    this.#connection = connection
    this.#failures = given.failures
    this.#onGone = given.onGone
    const { options } = given
    this.#options = options
    this.#inbox = new Inbox({ source: socket, handle: (message) => this.#handle(message), most: options.most })
    socket.on('message', (message, isBinary) => this.#receive(isBinary ? message : message.toString(), message.length))
    socket.on('pong', () => this.#seen())
    socket.on('error', (error) => {
      if ('code' in error && String(error.code).startsWith('WS_ERR_')) this.#sent ??= codeFor(error)
    })
    socket.on('close', (code, reason) => void this.#closed(code, reason.toString()))
    connection.onEnd((reason) => void this.#end(reason))
    if (options.handlers.onOpen) this.#opening = this.#run((event) => options.handlers.onOpen?.(event))
  }

  /** A socket that is not read at the moment cannot answer. */
  beat(): void {
    if (this.#inbox.isPaused) return
    if (this.#isAlive) this.#socket.ping()
    else this.#socket.terminate()
    this.#isAlive = false
  }

  /** The server goes away. The message that is being handled is still done. */
  async leave(): Promise<void> {
    await this.#inbox.stop()
    this.#close(codes.goingAway, 'server shutdown')
  }

  #close(code: number, reason?: string): void {
    if (this.#socket.readyState === open) this.#sent ??= code
    this.#socket.close(code, reason)
  }

  #seen(): void {
    this.#isAlive = true
  }

  #receive(message: string | Buffer, size: number): void {
    this.#seen()
    try {
      if (!this.#options.handlers.isHeartbeat?.(message)) this.#inbox.put(message, size)
    } catch (error) {
      void this.#failed(error)
    }
  }

  async #handle(message: string | Buffer): Promise<void> {
    await this.#opening
    const { handlers } = this.#options
    if (handlers.onMessage) await this.#run((event) => handlers.onMessage?.(event as never), message)
  }

  /** Never rejects. */
  async #run(handler: (event: never) => unknown, message?: string | Buffer): Promise<void> {
    const connection = this.#connection
    try {
      await connection.run((members) => handler(new RunEvent(members, this.#socket, connection, message) as never))
    } catch (error) {
      await this.#failed(error)
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (isScopesError(error, 'CONNECTION_ENDED')) return
    const { handlers, path } = this.#options
    const failures = this.#failures
    try {
      if (handlers.onError)
        return void (await handlers.onError(error, { socket: this.#socket, connection: this.#connection }))
      failures.failed(error, 'a handler of a web socket failed', { webSockets: path })
    } catch (failure) {
      failures.failed(failure, 'onError of a web socket failed')
    }
    const isUnavailable = isScopesError(error) && error.status === 503
    this.#close(isUnavailable ? codes.tryAgainLater : codes.internalError)
  }

  async #end(reason: 'ended' | 'shutdown'): Promise<void> {
    if (reason === 'shutdown') return this.leave()
    if (!this.#options.closesAtEnd) return
    void this.#inbox.stop()
    this.#close(codes.policyViolation, 'session ended')
  }

  async #closed(code: number, reason: string): Promise<void> {
    await this.#opening
    await this.#inbox.idle()
    // Without an answer to our close frame, ws reports that the other side has gone.
    const known = code === codes.gone ? (this.#sent ?? code) : code
    try {
      await this.#options.handlers.onClose?.({
        socket: this.#socket,
        connection: this.#connection,
        code: known,
        reason,
      })
    } catch (error) {
      this.#failures.failed(error, 'onClose of a web socket failed')
    } finally {
      this.#connection.close()
      this.#onGone(this)
    }
  }
}
