import { isScopesError } from '../../errors/scopes-error.js'
import type { Pulse } from '../../http/sockets/heartbeats.js'
import { Inbox } from '../../http/sockets/inbox.js'
import type { Socket } from '../../http/sockets/library.js'
import type { Cancel, Clock } from '../../support/clock.js'
import type { Connection } from '../connect.js'
import type { FailureLog } from '../failure-log.js'
import type { ScopesShape } from '../types.js'
import { RunEvent, type SocketHandlers } from './handlers.js'
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

/** How long the other side has to answer a close. */
const closeMs = 3_000

export interface LiveSocketOptions<S extends ScopesShape> {
  readonly options: Pick<CheckedSocketsOptions<S>, 'handlers' | 'path' | 'closesAtEnd' | 'most'>
  readonly failures: FailureLog
  readonly clock: Clock
  /** Called once, when it is closed and all is done. */
  readonly onGone: (socket: LiveSocket<S>) => void
}

/** A web socket joined with the live connection behind it. */
export class LiveSocket<S extends ScopesShape> implements Pulse {
  readonly #socket: Socket
  readonly #connection: Connection<S>
  readonly #options: LiveSocketOptions<S>['options']
  readonly #failures: FailureLog
  readonly #clock: Clock
  readonly #onGone: LiveSocketOptions<S>['onGone']
  readonly #inbox: Inbox<string | Buffer>
  #opening: Promise<void> | undefined
  #isAlive = true
  #isGone = false
  #cutOff: Cancel | undefined
  /** The close code that was sent to the other side. */
  #sent: number | undefined

  constructor(socket: Socket, connection: Connection<S>, given: LiveSocketOptions<S>) {
    this.#socket = socket
    this.#connection = connection
    this.#failures = given.failures
    this.#clock = given.clock
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
    if (options.handlers.onOpen) this.#opening = this.#greet()
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

  #seen(): void {
    this.#isAlive = true
  }

  #receive(message: string | Buffer, size: number): void {
    this.#seen()
    try {
      if (!this.#isHeartbeat(message)) this.#inbox.put(message, size)
    } catch (error) {
      void this.#failed(error)
    }
  }

  /** Throws TypeError for an answer that comes later, which would drop every message. */
  #isHeartbeat(message: string | Buffer): boolean {
    const answer: unknown = this.#options.handlers.isHeartbeat?.(message)
    if (!(answer instanceof Promise)) return answer === true
    answer.catch((error) => this.#failures.failed(error, 'isHeartbeat of a web socket failed'))
    throw new TypeError('isHeartbeat answers true or false at once, not by a promise')
  }

  /** A visitor whom onOpen has refused must not be served, so its error closes the socket in any case. Never rejects. */
  async #greet(): Promise<void> {
    const { onOpen } = this.#options.handlers
    if (!(await this.#run((event) => onOpen?.(event)))) this.#drop(codes.internalError)
  }

  async #handle(message: string | Buffer): Promise<void> {
    await this.#opening
    if (this.#inbox.isStopped) return
    const { handlers } = this.#options
    if (handlers.onMessage) await this.#run((event) => handlers.onMessage?.(event as never), message)
  }

  /** False if it failed. Never rejects. */
  async #run(handler: (event: never) => unknown, message?: string | Buffer): Promise<boolean> {
    const connection = this.#connection
    try {
      await connection.run((members) => handler(new RunEvent(members, this.#socket, connection, message) as never))
      return true
    } catch (error) {
      if (connection.end !== undefined && isScopesError(error, 'CONNECTION_ENDED')) return true // it is being closed
      await this.#failed(error)
      return false
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { handlers, path } = this.#options
    const failures = this.#failures
    try {
      if (handlers.onError) return await this.#giveError(handlers.onError.bind(handlers), error)
      failures.failed(error, 'a handler of a web socket failed', { webSockets: path })
    } catch (failure) {
      failures.failed(failure, 'onError of a web socket failed')
    }
    const isUnavailable = isScopesError(error) && error.status === 503
    this.#drop(isUnavailable ? codes.tryAgainLater : codes.internalError)
  }

  /** If onError closes the socket, the messages that wait are dropped as well. */
  async #giveError(onError: NonNullable<SocketHandlers<S>['onError']>, error: unknown): Promise<void> {
    await onError(error, { socket: this.#socket, connection: this.#connection })
    if (this.#socket.readyState !== open) this.#drop(codes.internalError)
  }

  /** Closes the socket, and handles none of the messages that wait or still come. */
  #drop(code: number, reason?: string): void {
    void this.#inbox.stop()
    this.#close(code, reason)
  }

  /** Closes the socket, and cuts it off if the other side does not answer. */
  #close(code: number, reason?: string): void {
    if (this.#isGone) return
    if (this.#socket.readyState === open) this.#sent ??= code
    this.#socket.close(code, reason)
    this.#cutOff ??= this.#clock.schedule(() => this.#socket.terminate(), closeMs)
  }

  async #end(reason: 'ended' | 'shutdown'): Promise<void> {
    if (reason === 'shutdown') return this.leave()
    if (!this.#options.closesAtEnd) return
    this.#drop(codes.policyViolation, 'session ended')
  }

  async #closed(code: number, reason: string): Promise<void> {
    this.#isGone = true
    this.#cutOff?.()
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
