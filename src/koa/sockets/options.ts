import { parseTimeout } from '../../errors/parse-duration.js'
import { originsIn } from '../../http/origin.js'
import type { SocketLibrary } from '../../http/sockets/library.js'
import { checkCount, checkedOptions, checkFlag, checkFunction, checkWord } from '../../scopes/request/arguments.js'
import { type ByteSize, readByteSize } from '../../support/byte-size.js'
import type { Timeout } from '../../support/duration.js'
import type { ConnectOptions } from '../connect.js'
import type { ScopesShape } from '../types.js'
import type { SocketHandlers } from './handlers.js'

export interface WebSocketsOptions<S extends ScopesShape>
  extends SocketHandlers<S>,
    Pick<ConnectOptions<S>, 'origins' | 'requireOrigin' | 'open'> {
  /** The path of the sockets behind the application's mount: with `/live` and `mount: /shop`, browsers connect to `/shop/live`. */
  readonly path: string
  /** At the end of the session: `close` (default) closes the socket with 1008; `pass` keeps it, and its messages find an empty session. */
  readonly afterEnd?: 'close' | 'pass'
  /** How often a socket is asked for a sign of life; one that gives none until the next time is closed. Default: 30s. */
  readonly heartbeat?: Timeout
  /** The longest message, in bytes or as in `64kb`; a longer one closes the socket with 1009. Default: 1mb. */
  readonly maxMessage?: ByteSize
  /** How many messages of one socket may wait before it is no longer read, from 1. Default: 100. */
  readonly maxWaiting?: number
  /** The package `ws`. Default: it is imported. */
  readonly ws?: SocketLibrary
}

/** The options of webSockets() with their defaults. */
export interface CheckedSocketsOptions<S extends ScopesShape> {
  readonly path: string
  readonly handlers: SocketHandlers<S>
  readonly connect: ConnectOptions<S>
  readonly closesAtEnd: boolean
  readonly heartbeatMs: number | null
  readonly most: { readonly messages: number; readonly bytes: number }
}

const handlerNames = ['onOpen', 'onMessage', 'onClose', 'onError', 'isHeartbeat'] as const
const optionNames = [
  ...handlerNames,
  'path',
  'origins',
  'requireOrigin',
  'open',
  'afterEnd',
  'heartbeat',
  'maxMessage',
  'maxWaiting',
  'ws',
] as const

/** Checks all options at once, before a visitor comes. Throws TypeError, DURATION_INVALID. */
export function checkedSocketsOptions<S extends ScopesShape>(given: WebSocketsOptions<S>): CheckedSocketsOptions<S> {
  const options = checkedOptions('webSockets()', given, optionNames)
  const { afterEnd = 'close', heartbeat = '30s', maxMessage = '1mb', maxWaiting = 100, open, path } = options
  const { origins = [], requireOrigin = false } = options
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path))
    throw new TypeError('The path of web sockets begins with a slash, and has no query')
  checkFlag('requireOrigin', requireOrigin)
  checkWord('afterEnd', afterEnd, ['close', 'pass'])
  checkCount('maxWaiting', maxWaiting)
  for (const name of ['open', ...handlerNames] as const)
    if (options[name] !== undefined) checkFunction(name, options[name])
  return {
    path,
    handlers: options,
    connect: {
      ...(open && { open }),
      origins: originsIn('webSockets()', origins),
      requireOrigin,
      afterEnd: afterEnd === 'pass' ? 'pass' : 'refuse',
    },
    closesAtEnd: afterEnd === 'close',
    heartbeatMs: parseTimeout(heartbeat),
    most: { messages: maxWaiting, bytes: bytesOf(maxMessage) },
  }
}

function bytesOf(maxMessage: unknown): number {
  const reading = readByteSize(maxMessage)
  if ('value' in reading) return reading.value
  throw new TypeError(`maxMessage: ${JSON.stringify(maxMessage)} ${reading.problem}. ${reading.remedy}`)
}
