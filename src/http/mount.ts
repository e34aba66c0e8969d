import type { IncomingMessage, RequestListener } from 'node:http'
import { isUnder } from './scopeless.js'

/** An application's place on the server. */
export interface Mounted {
  /** `/` or a path without a trailing slash. */
  readonly mount: string
  /** Without port; absent: any. */
  readonly host?: string
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
    const path = url.split(/[?#]/, 1)[0] ?? '/'
    const isHere = ({ host, mount }: Mounted) => isUnder(mount, path) && (!host || host === hostOf(request, proxy))
    const application = ordered.find(isHere)
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
