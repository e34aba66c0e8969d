import { cookieName } from '../faults/operation.js'
import { type Answer, Visitor } from '../support/visitor.js'
import { bySocket } from './by-socket.js'
import { type Deed, findsNothing, isByCookie, now, type Visit } from './history.js'
import { streamPath } from './live.js'

/** Where visitors go. */
export interface Site {
  /** A node that runs; waits for one where none does. */
  nodeFor(session: string): Promise<{ readonly node: number; readonly url: string }>
}

export interface Ask {
  readonly deed: Deed
  readonly query?: Readonly<Record<string, string>>
  /** For the log. */
  readonly told?: Partial<Visit>
}

/** In requests and answers. */
export const tokenHeader = 'x-auth-token'
/** Far beyond everything a request may wait for. */
const patienceMs = 30_000

/** How a request reaches the session. A socket carries its credential in a cookie, a stream in a header. */
type Way = 'cookie' | 'header' | 'socket' | 'stream'
const ways: readonly Way[] = ['header', 'socket', 'cookie', 'stream']
/** The others issue a credential, or end the session, whose sockets close before they can answer. */
const bySocketToo: ReadonlySet<Deed> = new Set(['read', 'write', 'increment', 'lock', 'timeout'])

function carried(way: Way, credential: string | undefined): Record<string, string> {
  if (way === 'header' || way === 'stream') return { cookie: '', [tokenHeader]: credential ?? '' }
  return credential === undefined ? {} : { cookie: `${cookieName}=${credential}` }
}

/** The requests about one session, each of which is written down. */
export class Requests {
  /** All that the visitor was given. */
  readonly cookies: string[] = []
  readonly #about: Pick<Visit, 'session' | 'principal'>
  readonly #site: Site
  readonly #log: (visit: Visit) => void
  readonly #jar = new Visitor()
  #sent = 0
  #isOver = false

  constructor(about: Pick<Visit, 'session' | 'principal'>, site: Site, log: (visit: Visit) => void) {
    this.#about = about
    this.#site = site
    this.#log = log
  }

  get cookie(): string | undefined {
    return this.#jar.cookies.get(cookieName)
  }

  /** The visitor has a cookie that leads to the session, as far as that can be known. */
  get isOpen(): boolean {
    return this.cookie !== undefined && !this.#isOver
  }

  async send({ deed, query = {}, told = {} }: Ask, cookie = this.cookie): Promise<void> {
    const { node, url } = await this.#site.nodeFor(this.#about.session)
    const isSent = isByCookie({ deed }) && cookie !== undefined
    const isOwn = isSent || deed === 'begin'
    const jar = isOwn ? this.#jar : new Visitor()
    const way = isOwn ? this.#way(deed) : 'cookie'
    const headers = isOwn ? carried(way, isSent ? cookie : undefined) : {}
    const path = way === 'stream' ? streamPath : `/${deed}?${new URLSearchParams(query)}`
    const start = now()
    const answer = await this.#answer(
      way === 'socket'
        ? bySocket(url, { deed, query }, headers)
        : jar.get(url, path, { signal: AbortSignal.timeout(patienceMs), headers }),
    )
    const got = answer ? gotFrom(answer) : { status: 0 }
    if (isOwn) this.#keep(answer)
    const visit: Visit = { deed, ...this.#about, node, start, end: now(), ...(isSent && { cookie }), ...told, ...got }
    this.#log(visit)
    if (visit.received) this.cookies.push(visit.received)
    if (findsNothing(visit) && visit.cookie === this.cookie) this.#isOver = true
  }

  /** All ways by turns, as far as the deed allows: an app, a browser, a socket and a stream use one session. */
  #way(deed: Deed): Way {
    this.#sent += 1
    const way = ways[this.#sent % ways.length] ?? 'cookie'
    if (way === 'stream') return deed === 'read' ? way : 'cookie'
    return way === 'socket' && !bySocketToo.has(deed) ? 'header' : way
  }

  /** The jar has kept a cookie already. */
  #keep(answer: Answer | undefined): void {
    const token = answer?.headers.get(tokenHeader)
    if (token === '') this.#jar.cookies.delete(cookieName)
    else if (token) this.#jar.cookies.set(cookieName, token)
  }

  /** undefined when the node dies. */
  async #answer(request: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await request
    } catch {
      return undefined
    }
  }
}

function gotFrom({ headers, status, setCookie, text }: Answer): Pick<Visit, 'status' | 'received' | 'seen'> {
  const line = setCookie.find((it) => it.startsWith(`${cookieName}=`))
  const inCookie = line?.includes('Max-Age=0') ? '' : line?.slice(cookieName.length + 1).split(';')[0]
  const received = headers.get(tokenHeader) ?? inCookie
  return { status, ...(received !== undefined && { received }), ...told(text) }
}

/** Koa's own answer to an error is no JSON. */
function told(text: string): Pick<Visit, 'seen' | 'code' | 'sum' | 'ended' | 'found'> {
  const json = text.replace(/^data: /, '')
  return json.startsWith('{') ? JSON.parse(json) : {}
}
