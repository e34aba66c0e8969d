import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

export interface NodeAddress {
  readonly name: string
  readonly port: number
}

interface Upstream extends NodeAddress {
  isUp: boolean
  /** Until this time the other nodes are tried first. */
  restsUntil: number
}

const host = '127.0.0.1'
/** Longer than a node needs to answer that its store is unavailable. */
const patienceMs = 10_000
const restMs = 1_000
/** Requests with these methods have the same effect if they are carried out twice. */
const idempotentMethods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']
const outageHeaders = { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store', Refresh: '2; url=/' }
const outageText = 'No node answers. A killed node is started again in a moment.\n'

/** Sends each request to the next node in turn, and to another node if that one does not answer. */
export class LoadBalancer {
  readonly #nodes: readonly Upstream[]
  readonly #server: Server
  #turn = 0

  private constructor(nodes: readonly NodeAddress[]) {
    this.#nodes = nodes.map((node) => ({ ...node, isUp: true, restsUntil: 0 }))
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** Port 0: any free port. */
  static async listen(port: number, nodes: readonly NodeAddress[]): Promise<LoadBalancer> {
    const loadBalancer = new LoadBalancer(nodes)
    loadBalancer.#server.listen(port, host)
    await once(loadBalancer.#server, 'listening')
    return loadBalancer
  }

  get url(): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** Reads the whole body first, so that it can be sent to a second node too. */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#firstAnswer(request, await buffer(request))
      response.writeHead(answer?.statusCode ?? 502, answer ? endToEnd(answer.headers) : outageHeaders)
      await pipeline(answer ?? [outageText], response)
    } catch {
      response.destroy() // the visitor has left, or the node has died while it answered
    }
  }

  /** undefined if no node answers, or if a node died during a request that must not be carried out twice. */
  async #firstAnswer(request: IncomingMessage, body: Buffer): Promise<IncomingMessage | undefined> {
    for (const node of this.#inTurn()) {
      const connection = connect(node.port, host)
      let isSent = false
      try {
        await once(connection, 'connect')
        isSent = true
        const answer = await this.#ask(connection, request, body)
        node.isUp = true
        return answer
      } catch {
        connection.destroy()
        node.isUp = false
        node.restsUntil = Date.now() + restMs
        if (isSent && !idempotentMethods.includes(request.method ?? '')) return undefined
      }
    }
    return undefined
  }

  async #ask(connection: Socket, request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, url } = request
    const headers = { ...endToEnd(request.headers), ...this.#forwardedHeaders(request) }
    const onward = httpRequest({ createConnection: () => connection, method, path: url, headers })
    onward.end(body)
    const [answer] = await once(onward, 'response', { signal: AbortSignal.timeout(patienceMs) })
    return answer
  }

  /** Headers that the nodes trust, since only this load balancer reaches them. They replace what the visitor sent under these names. */
  #forwardedHeaders({ headers, socket }: IncomingMessage): Record<string, string> {
    return {
      'x-forwarded-for': socket.remoteAddress ?? '',
      'x-forwarded-host': headers.host ?? '',
      'x-forwarded-proto': 'http',
      'x-nodes-up': this.#nodes.flatMap(({ isUp, name }) => (isUp ? [name] : [])).join(', '),
    }
  }

  /** All nodes in the order to try them: nodes that failed within the last second come last. */
  #inTurn(): Upstream[] {
    this.#turn = (this.#turn + 1) % this.#nodes.length
    const now = Date.now()
    const inTurn = [...this.#nodes.slice(this.#turn), ...this.#nodes.slice(0, this.#turn)]
    return inTurn.sort((a, b) => Number(a.restsUntil > now) - Number(b.restsUntil > now))
  }
}

/** Leaves out headers that are for one connection only. */
function endToEnd({ connection, 'keep-alive': keepAlive, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers
}
