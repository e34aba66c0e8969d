import { createServer, Server as NodeServer, type RequestListener, type RequestOptions } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'

/** What a visitor can ask. Only the last two forms use a port; a server need not listen. */
export type Site =
  /** A container, a Koa app, or an application of a container. */
  | { callback(): RequestListener }
  | RequestListener
  | NodeServer
  /** What `container.listen()` resolves with. */
  | { readonly url: string }
  /** The address of a running server, as in `http://127.0.0.1:3000`. */
  | string
  | URL

/** The way to a site. */
export interface Way {
  /** The host of requests that name none. */
  readonly host: string
  /** The options of a request that tell where it goes. */
  readonly connect: () => RequestOptions
}

/** Servers without a port, by what they serve, so that all visitors of an app ask the same one. */
const servers = new WeakMap<object, NodeServer>()

/** Throws TypeError for what no visitor can ask. */
export function wayTo(site: Site): Way {
  if (typeof site === 'string' || site instanceof URL) return wayToAddress(String(site))
  if (typeof site === 'function') return wayInMemory(serverOf(site, () => site))
  if (site instanceof NodeServer) return wayInMemory(site)
  if (typeof site === 'object' && site !== null) {
    if ('url' in site && typeof site.url === 'string') return wayToAddress(site.url)
    if ('callback' in site && typeof site.callback === 'function')
      return wayInMemory(serverOf(site, () => site.callback()))
  }
  throw new TypeError(
    'A visitor asks a container, a Koa app, a request listener, a server, or an address as in http://127.0.0.1:3000',
  )
}

function wayToAddress(address: string): Way {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'http:')
    throw new TypeError(`A visitor asks addresses as in http://127.0.0.1:3000, and not ${address}`)
  const { host, hostname, port } = url
  return { host, connect: () => ({ host: hostname.replace(/^\[|\]$/g, ''), port: port || 80 }) }
}

function serverOf(site: object, listener: () => RequestListener): NodeServer {
  const server = servers.get(site) ?? createServer(listener())
  servers.set(site, server)
  return server
}

/** HTTP over a pair of streams in memory: no port is opened, so there is none to close. */
const wayInMemory = (server: NodeServer): Way => ({
  host: 'localhost',
  connect: () => ({ createConnection: () => connectionTo(server) }),
})

function connectionTo(server: NodeServer): Duplex {
  const [near, far] = duplexPair()
  Object.defineProperty(far, 'remoteAddress', { value: '127.0.0.1' })
  // As with a socket, either side sees that the other has gone.
  near.once('close', () => far.destroy())
  far.once('close', () => near.destroy())
  server.emit('connection', far)
  return near
}
