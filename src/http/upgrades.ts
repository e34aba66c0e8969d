import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HeaderPair } from './header-pairs.js'
import { type Injectable, serveAsPlain } from './plain-request.js'

/** Takes an upgrade request; false if it is for another one. */
export type UpgradeTaker = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** A server of Node's, or that of `container.listen()`. */
export interface UpgradingServer extends Injectable {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  listenerCount(event: 'upgrade'): number
}

const takersOf = new WeakMap<UpgradingServer, Map<string, UpgradeTaker>>()

/**
 * Gives the upgrade requests of a server to this taker, beside others. A web socket that no taker wants is answered with 404, and what
 * asks for another protocol is served as a plain request, unless other code listens for upgrades too. Returns a function that ends it. Throws TypeError if the server has a
 * taker of this place.
 */
export function takeUpgrades(server: UpgradingServer, place: string, taker: UpgradeTaker): () => void {
  const takers = takersOf.get(server) ?? listen(server)
  if (takers.has(place)) throw new TypeError(`This server has web sockets at ${place} already`)
  takers.set(place, taker)
  return () => void takers.delete(place)
}

function listen(server: UpgradingServer): Map<string, UpgradeTaker> {
  const takers = new Map<string, UpgradeTaker>()
  takersOf.set(server, takers)
  server.on('upgrade', (request, socket, head) => {
    for (const taker of takers.values()) if (taker(request, socket, head)) return
    if (server.listenerCount('upgrade') !== 1) return
    if (isWebSocket(request)) refuseUpgrade(socket, { status: 404 })
    else serveAsPlain(server, request, socket, head)
  })
  return takers
}

export const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket'

/** The answer to an upgrade request that is refused. */
export interface Refused {
  readonly status: number
  /** What the visitor may read, in place of the words of the status. */
  readonly message?: string
  readonly headers?: readonly HeaderPair[]
}

/** Answers an upgrade request with an error, and ends its connection. */
export function refuseUpgrade(socket: Duplex, { headers = [], message, status }: Refused): void {
  const words = STATUS_CODES[status] ?? 'Error'
  const body = message ?? words
  const lines = [
    `HTTP/1.1 ${status} ${words}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  socket.on('error', () => {}) // the visitor has left
  socket.once('finish', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
