import type { IncomingMessage, RequestListener } from 'node:http'
import { isUnder } from './scopeless.js'

/** An application's place on the server. */
export interface Place {
  /** `/` or a path without a trailing slash. */
  readonly mount: string
  /** Without port; absent: any. */
  readonly host?: string | undefined
}

export interface Mounted extends Place {
  readonly serve: RequestListener
}

const originalUrls = new WeakMap<IncomingMessage, string>()

/** The URL of a request before its mount was stripped; undefined if none was. */
export const originalUrlOf = (request: IncomingMessage): string | undefined => originalUrls.get(request)

/**
 * Gives each request to the application with the matching host (else one without host) and the longest matching mount,
 * and strips the mount from the URL.
 */
export function dispatch(applications: readonly Mounted[], { proxy }: { readonly proxy: boolean }): RequestListener {
  const ordered = [...applications].sort(
    (a, b) => Number(b.host !== undefined) - Number(a.host !== undefined) || b.mount.length - a.mount.length,
  )
  return (request, response) => {
    const url = originFormOf(request)
    const application = ordered.find((place) => isAt(place, url, request, proxy))
    if (!application) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not Found')
      return
    }
    if (url !== request.url) request.url = url
    if (application.mount !== '/') {
      const rest = url.slice(application.mount.length)
      originalUrls.set(request, url)
      request.url = rest.startsWith('/') ? rest : `/${rest}`
    }
    application.serve(request, response)
  }
}

/** The path of a request within an application's place, as `ctx.path` is; undefined if it is not for that application. */
export function pathWithin(place: Place, request: IncomingMessage, proxy: boolean): string | undefined {
  const url = originFormOf(request)
  if (!isAt(place, url, request, proxy)) return undefined
  const path = place.mount === '/' ? pathOf(url) : pathOf(url).slice(place.mount.length)
  return path.startsWith('/') ? path : `/${path}`
}

const isAt = ({ host, mount }: Place, url: string, request: IncomingMessage, proxy: boolean): boolean =>
  (mount === '/' || isUnder(mount, pathOf(url))) && (!host || host === hostOf(request, proxy))

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '/'

/** A request target with scheme and host, which takes the place of the Host header. A user and a password are left out. */
const absoluteForm = /^https?:\/\/(?:[^/?#]*@)?([^/?#]*)/i

/** The path and query of a request. From a target in absolute form its host becomes that of the request (RFC 9112, 3.2.2). */
function originFormOf({ headers, url = '/' }: IncomingMessage): string {
  const [start, host] = url.startsWith('/') ? [] : (absoluteForm.exec(url) ?? [])
  if (start === undefined) return url
  if (host) headers.host = host
  const rest = url.slice(start.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The host of a request, without port and without a dot at its end: the first X-Forwarded-Host if proxies are trusted, as in Koa. */
function hostOf({ headers }: IncomingMessage, proxy: boolean): string | undefined {
  const forwarded = proxy ? [headers['x-forwarded-host']].flat()[0]?.split(',')[0]?.trim() : undefined
  return (forwarded ?? headers.host)?.replace(/\.?(:\d*)?$/, '').toLowerCase()
}
