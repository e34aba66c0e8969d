import { parseSetCookie, type SetCookie } from 'cookie'
import type { EpochMs } from '../storage/contract.js'

interface Cookie {
  readonly name: string
  readonly value: string
  /** The host that set it, or its Domain. */
  readonly domain: string
  readonly isHostOnly: boolean
  readonly path: string
  readonly sameSite: 'lax' | 'strict' | 'none'
  /** null: it ends with the browser. */
  readonly expiresAt: EpochMs | null
}

/** The part of a request that decides which cookies go with it. `path`: without query. */
export interface CookieRequest {
  readonly host: string
  readonly path: string
  readonly method: string
  /** Whether a page of another site makes it. */
  readonly isCrossSite: boolean
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/**
 * The cookies of one browser: by name, host and path, until Max-Age or Expires (RFC 6265). `Secure` cookies are kept and sent too,
 * because browsers trust the loopback addresses of tests.
 */
export class CookieJar {
  /** In the order in which they were first set. */
  readonly #cookies = new Map<string, Cookie>()

  /**
   * Takes the Set-Cookie lines of the response to a request. Throws TypeError for those that a browser drops in silence: of another
   * domain, or against the rules of `__Host-` and `__Secure-`; the others are kept first.
   */
  keep(lines: readonly string[], request: Pick<CookieRequest, 'host' | 'path'>, now: EpochMs): void {
    const dropped: string[] = []
    for (const line of lines) {
      const parsed = parseSetCookie(line, { decode: (text) => text })
      if (parsed.name === '') continue
      const reason = whyDropped(parsed, request.host)
      if (reason === undefined) this.#keep(parsed, request, now)
      else dropped.push(`The cookie ${parsed.name} ${reason}`)
    }
    if (dropped.length > 0) throw new TypeError(dropped.join('\n'))
  }

  #keep(parsed: SetCookie, { host, path: asked }: Pick<CookieRequest, 'host' | 'path'>, now: EpochMs): void {
    const { expires, maxAge, name, path = '', sameSite, value = '' } = parsed
    const wide = domainOf(parsed)
    const cookie: Cookie = {
      name,
      value,
      domain: wide === '' ? host : wide,
      isHostOnly: wide === '',
      path: path.startsWith('/') ? path : folderOf(asked),
      sameSite: typeof sameSite === 'string' ? sameSite : 'lax',
      expiresAt: maxAge === undefined ? (expires?.getTime() ?? null) : now + maxAge * 1000,
    }
    const key = [name, cookie.domain, cookie.path].join(';')
    if (cookie.expiresAt !== null && cookie.expiresAt <= now) this.#cookies.delete(key)
    else this.#cookies.set(key, cookie)
  }

  /** The value of the Cookie header; undefined if no cookie goes with this request. */
  headerFor(request: CookieRequest, now: EpochMs): string | undefined {
    const sent = this.#live(now).filter((cookie) => goesWith(cookie, request))
    // Longer paths first, and those set earlier first among equals.
    const pairs = sent.sort((a, b) => b.path.length - a.path.length).map(({ name, value }) => `${name}=${value}`)
    return pairs.length > 0 ? pairs.join('; ') : undefined
  }

  /** The values of all live cookies by name. */
  valuesBy(now: EpochMs): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#live(now).map(({ name, value }) => [name, value]))
  }

  /** Drops the cookies that end with the browser. */
  endSession(): void {
    for (const [key, { expiresAt }] of this.#cookies) if (expiresAt === null) this.#cookies.delete(key)
  }

  copy(): CookieJar {
    const copy = new CookieJar()
    for (const [key, cookie] of this.#cookies) copy.#cookies.set(key, cookie)
    return copy
  }

  #live(now: EpochMs): Cookie[] {
    return [...this.#cookies.values()].filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  }
}

const domainOf = ({ domain = '' }: SetCookie): string => domain.replace(/^\./, '').toLowerCase()

function whyDropped(cookie: SetCookie, host: string): string | undefined {
  const { domain, name, path, secure } = cookie
  const wide = domainOf(cookie)
  if (wide !== '' && !isWithin(host, wide))
    return `is for the domain ${wide}, and this visitor asks ${host}, so a browser would drop it. Name the host: visitor(site, { host: 'www.${wide}' })`
  if (cookie.sameSite === 'none' && !secure) return 'is SameSite=None and not Secure, so a browser would drop it'
  const prefix = /^__(host|secure)-/i.exec(name)?.[1]?.toLowerCase()
  if (prefix && !secure) return 'is not Secure, so a browser would drop it for its prefix'
  if (prefix === 'host' && (domain !== undefined || path !== '/'))
    return 'has a Domain, or another Path than /, so a browser would drop it for its prefix'
  return undefined
}

function goesWith({ domain, isHostOnly, path, sameSite }: Cookie, request: CookieRequest): boolean {
  const isOfHost = isHostOnly ? request.host === domain : isWithin(request.host, domain)
  return isOfHost && isBelow(request.path, path) && (!request.isCrossSite || crosses(sameSite, request.method))
}

/** Whether a cookie goes with a request that a page of another site makes: a link from there, or a form. */
const crosses = (sameSite: Cookie['sameSite'], method: string): boolean =>
  sameSite === 'none' || (sameSite === 'lax' && safeMethods.includes(method))

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

/** The path of a cookie that has none: the folder of the request. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
