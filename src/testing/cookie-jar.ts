import { parseSetCookie } from 'cookie'
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

  /** Takes a Set-Cookie line of the response to a request. Throws TypeError for a cookie of another domain, which a browser drops in silence. */
  keep(line: string, { host, path: asked }: Pick<CookieRequest, 'host' | 'path'>, now: EpochMs): void {
    const parsed = parseSetCookie(line, { decode: (text) => text })
    const { domain = '', expires, maxAge, name, path = '', sameSite, value = '' } = parsed
    const wide = domain.replace(/^\./, '').toLowerCase()
    if (wide !== '' && !isWithin(host, wide))
      throw new TypeError(
        `The cookie ${name} is for the domain ${wide}, and this visitor asks ${host}, so a browser would drop it. Name the host: visitor(site, { host: 'www.${wide}' })`,
      )
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
