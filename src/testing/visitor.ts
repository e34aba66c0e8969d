import { checkedOptions, checkFunction, checkText } from '../scopes/request/arguments.js'
import type { BegunRecord } from '../scopes/request/directory.js'
import type { Clock } from '../support/clock.js'
import { systemClock } from '../support/steady-clock.js'
import { CookieJar } from './cookie-jar.js'
import { ask, type Question } from './question.js'
import { redirected } from './redirect.js'
import { type Site, type Way, wayTo } from './site.js'
import { Tokens } from './tokens.js'

export interface VisitorOptions {
  /** The time by which cookies expire. Default: that of the site, if it has one as a test container does, else the machine's. */
  readonly clock?: Clock
  /** The host that requests name, with or without port, for applications that are served by host. Default: that of the site. */
  readonly host?: string
  /** Headers of every request, such as `{ 'x-forwarded-proto': 'https' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Header carriers that this visitor uses, as in `['x-auth-token']` or `['authorization']`: a client that is no browser. Default: none. */
  readonly tokens?: readonly string[]
}

/** A body of fetch, or an object or array to send as JSON. */
export type Body = NonNullable<RequestInit['body']> | Readonly<Record<string, unknown>> | readonly unknown[]

/** The options of fetch, whose body may also be an object or array to send as JSON. */
export type VisitorInit = Omit<RequestInit, 'body'> & { readonly body?: Body | null }

const optionNames = ['clock', 'host', 'headers', 'tokens'] as const

/**
 * A visitor with a browser's cookies: keeps what it is sent, sends it again, and follows redirects. Throws TypeError for a site that
 * it cannot ask, and for wrong options.
 */
export function visitor(site: Site, options: VisitorOptions = {}): Visitor {
  const way = wayTo(site)
  const { clock = clockOf(site), headers = {}, host, tokens = [] } = checkedOptions('visitor()', options, optionNames)
  if (host !== undefined) checkText('The host of visitor()', host)
  if (!Array.isArray(tokens)) throw new TypeError("tokens is an array of headers, as in ['x-auth-token']")
  checkFunction('The now of a clock', clock.now)
  const habits = { way, clock, headers: Object.fromEntries(new Headers(headers)), host }
  return new Visitor(habits, new CookieJar(), new Tokens(tokens))
}

function clockOf(site: Site): Clock {
  const { clock } = site as { readonly clock?: Clock }
  return typeof clock?.now === 'function' ? clock : systemClock
}

interface Habits {
  readonly way: Way
  readonly clock: Clock
  readonly headers: Readonly<Record<string, string>>
  readonly host: string | undefined
}

const mostRedirects = 20

/** Use visitor(). */
export class Visitor {
  readonly #habits: Habits
  readonly #cookies: CookieJar
  readonly #tokens: Tokens

  constructor(habits: Habits, cookies: CookieJar, tokens: Tokens) {
    this.#habits = habits
    this.#cookies = cookies
    this.#tokens = tokens
  }

  /** The values of the live cookies by name. */
  get cookies(): Readonly<Record<string, string>> {
    return this.#cookies.valuesBy(this.#now)
  }

  get(path = '/', init: RequestInit = {}): Promise<Response> {
    return this.request(path, { ...init, method: 'GET' })
  }

  /** Sends this body; an object or array that fetch has no form for is sent as JSON. */
  post(path: string, body?: Body, init: RequestInit = {}): Promise<Response> {
    return this.request(path, { ...init, method: 'POST', body: body ?? null })
  }

  /**
   * As fetch, with the cookies and tokens of this visitor, and with objects and arrays as JSON. Redirects within the site are followed, up to 20, each with its
   * cookies; one to another host is returned, and so is every one with `redirect: 'manual'`. Rejects if there is no response, and with TypeError for a path that does not begin with a slash.
   */
  async request(path: string, init: VisitorInit = {}): Promise<Response> {
    let question = await this.#questionOf(path, init)
    for (let count = 0; ; count += 1) {
      const response = await this.#ask(question)
      const next = init.redirect === 'manual' ? undefined : redirected(question, response, this.#host)
      if (!next) return response
      if (init.redirect === 'error') throw new TypeError(`${question.path} is redirected to ${next.path}`)
      if (count === mostRedirects) throw new TypeError(`${path} is redirected more than ${mostRedirects} times`)
      await response.body?.cancel()
      question = next
    }
  }

  /** Uses a session or client that `begin` of a directory has begun, as if the site had given it to this visitor. */
  use({ credential, headers, setCookie }: BegunRecord): this {
    const token = Object.keys(headers).find((name) => this.#tokens.has(name))
    if (token !== undefined) this.#tokens.set(token, credential)
    else if (setCookie.length === 0)
      throw new TypeError(
        `This visitor does not use the header that carries the credential: visitor(site, { tokens: ['${Object.keys(headers).join("', '")}'] })`,
      )
    else this.#cookies.keep(setCookie, { host: this.#hostname, path: '/' }, this.#now)
    return this
  }

  /** Another visitor with a copy of the cookies and tokens as they are now, such as a thief has. */
  clone(): Visitor {
    return new Visitor(this.#habits, this.#cookies.copy(), this.#tokens.copy())
  }

  /** The same visitor, with the same cookies, on another node of the site. */
  at(site: Site): Visitor {
    return new Visitor({ ...this.#habits, way: wayTo(site), host: this.#host }, this.#cookies, this.#tokens)
  }

  /** Closes the browser and opens it again: cookies without Max-Age and Expires are gone. */
  reopenBrowser(): void {
    this.#cookies.endSession()
  }

  get #now(): number {
    return this.#habits.clock.now()
  }

  get #host(): string {
    return this.#habits.host ?? this.#habits.way.host
  }

  get #hostname(): string {
    return new URL(`http://${this.#host}`).hostname
  }

  /** The body is encoded as fetch does it. */
  async #questionOf(path: string, init: VisitorInit): Promise<Question> {
    if (typeof path !== 'string' || !path.startsWith('/'))
      throw new TypeError(`A visitor asks for a path that begins with a slash, and not for ${String(path)}`)
    const request = new Request(new URL(`http://${this.#host}${path}`), {
      duplex: 'half',
      ...withJson(init),
      redirect: 'manual',
    })
    const given = { ...this.#habits.headers, ...Object.fromEntries(request.headers) }
    const { pathname, search } = new URL(request.url)
    const body = new Uint8Array(await request.arrayBuffer())
    return { method: request.method, path: pathname + search, headers: given, body, signal: init.signal ?? undefined }
  }

  async #ask(question: Question): Promise<Response> {
    const response = await ask(this.#habits.way, { ...question, headers: this.#headersOf(question) })
    const asked = { host: this.#hostname, path: pathnameOf(question) }
    this.#tokens.keep(response.headers)
    this.#cookies.keep(response.headers.getSetCookie(), asked, this.#now)
    return response
  }

  /** What the test has given counts, also in place of the visitor's own cookies. A browser says that its own page asks. */
  #headersOf(question: Question): Readonly<Record<string, string>> {
    const { headers, method } = question
    const isCrossSite = headers['sec-fetch-site'] === 'cross-site'
    const asked = { host: this.#hostname, path: pathnameOf(question), method, isCrossSite }
    const cookie = this.#cookies.headerFor(asked, this.#now)
    return {
      host: this.#host,
      ...(!this.#tokens.areUsed && { 'sec-fetch-site': 'same-origin' }),
      ...(cookie !== undefined && { cookie }),
      ...Object.fromEntries(this.#tokens.headers()),
      ...headers,
    }
  }
}

const pathnameOf = ({ path }: Question): string => path.split('?', 1)[0] ?? '/'

function withJson({ body, ...init }: VisitorInit): RequestInit {
  if (!Array.isArray(body) && !isPlain(body)) return { ...init, body: (body ?? null) as RequestInit['body'] & {} }
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { ...init, headers, body: JSON.stringify(body) }
}

const isPlain = (body: unknown): boolean => Object.prototype.toString.call(body) === '[object Object]'
