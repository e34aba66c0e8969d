import { cookieName } from '../faults/operation.js'
import { type Answer, Visitor } from '../support/visitor.js'
import { type Deed, findsNothing, isByCookie, now, type Visit } from './history.js'

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

/** Far beyond everything a request may wait for. */
const patienceMs = 30_000

/** The requests about one session, each of which is written down. */
export class Requests {
  /** All that the visitor was given. */
  readonly cookies: string[] = []
  readonly #about: Pick<Visit, 'session' | 'principal'>
  readonly #site: Site
  readonly #log: (visit: Visit) => void
  readonly #jar = new Visitor()
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
    const jar = isSent || deed === 'begin' ? this.#jar : new Visitor()
    const path = `/${deed}?${new URLSearchParams(query)}`
    const start = now()
    const answer = await this.#answer(jar.get(url, path, init(isSent ? cookie : undefined)))
    const got = answer ? gotFrom(answer) : { status: 0 }
    const visit: Visit = { deed, ...this.#about, node, start, end: now(), ...(isSent && { cookie }), ...told, ...got }
    this.#log(visit)
    if (visit.received) this.cookies.push(visit.received)
    if (findsNothing(visit) && visit.cookie === this.cookie) this.#isOver = true
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

const init = (cookie: string | undefined): RequestInit => ({
  signal: AbortSignal.timeout(patienceMs),
  ...(cookie !== undefined && { headers: { cookie: `${cookieName}=${cookie}` } }),
})

function gotFrom({ status, setCookie, text }: Answer): Pick<Visit, 'status' | 'received' | 'seen'> {
  const line = setCookie.find((it) => it.startsWith(`${cookieName}=`))
  const received = line?.includes('Max-Age=0') ? '' : line?.slice(cookieName.length + 1).split(';')[0]
  return { status, ...(received !== undefined && { received }), ...told(text) }
}

/** Koa's own answer to an error is no JSON. */
function told(text: string): Pick<Visit, 'seen' | 'code' | 'sum' | 'ended' | 'found'> {
  return text.startsWith('{') ? JSON.parse(text) : {}
}
