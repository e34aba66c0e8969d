import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** A server into which connections can be put: that of `container.listen()`, or one of `node:http` or `node:https`. */
export interface Injectable {
  emit(event: 'connection' | 'secureConnection', socket: Duplex): unknown
}

/** The headers that ask for the upgrade, or say how. */
const ofUpgrade = /^(upgrade|connection|http2-settings)$/i

/**
 * Serves a request as if it had not asked for an upgrade, which a server may ignore (RFC 9110, 7.8): `Upgrade: h2c`, which Java's
 * HttpClient and `curl --http2` send with ordinary requests. Node has given up reading the connection, so it gets it once
 * more, with the request in front. It is closed after the answer.
 */
export function serveAsPlain(server: Injectable, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, rawHeaders, url } = request
  const lines = [`${method} ${url} HTTP/1.1`, 'Connection: close']
  for (let n = 0; n + 1 < rawHeaders.length; n += 2)
    if (!ofUpgrade.test(rawHeaders[n] ?? '')) lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`)
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
}
