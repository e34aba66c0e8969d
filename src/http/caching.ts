import type { IncomingMessage, ServerResponse } from 'node:http'
import vary from 'vary'
import { FirstTimes } from '../support/first-times.js'
import type { Logger } from '../support/logger.js'
import { type CacheDirective, cacheDirectivesOf } from './cache-directives.js'
import { routeOf } from './route.js'

const oldTargeted = new Set(['surrogate-control', 'edge-control', 'x-accel-expires'])

/** Whether one kind of shared cache obeys this header in place of Cache-Control: RFC 9213, and what came before it. */
const isTargeted = (name: string) => name.endsWith('-cache-control') || oldTargeted.has(name)

/** With an argument, such as `private="x-user"`, it is said of some headers only. */
const isPersonal = ({ name, value }: CacheDirective) =>
  (name === 'private' || name === 'no-store') && value === undefined

/** With it a shared cache may keep a response. */
const isShared = ({ name }: CacheDirective) => name === 'public' || name === 's-maxage'

const textOf = (response: ServerResponse, header: string): string =>
  [response.getHeader(header) ?? []].flat().join(', ')

/** The targeted headers by which a shared cache may keep a response: they do not forbid it. */
const permittingHeadersOf = (response: ServerResponse): readonly string[] =>
  response.getHeaderNames().filter((name) => isTargeted(name) && !forbids(name, textOf(response, name)))

const forbids = (header: string, text: string): boolean =>
  header === 'x-accel-expires'
    ? text.trim() === '0'
    : text.trim() === '' || (cacheDirectivesOf(text)?.some(isPersonal) ?? false)

/** Replaces a targeted header. `content` is no directive for storing: it asks a surrogate to assemble the page (ESI). */
function forbid(response: ServerResponse, header: string): void {
  if (header === 'x-accel-expires') response.setHeader(header, '0')
  else {
    const content = cacheDirectivesOf(textOf(response, header))?.filter(({ name }) => name === 'content') ?? []
    response.setHeader(header, ['no-store', ...content.map(({ text }) => text)].join(', '))
  }
}

/** Says that the response depends on a header. */
function varyBy(response: ServerResponse, header: string): void {
  if (response.hasHeader('Vary')) vary(response, header)
  else response.setHeader('Vary', header)
}

/** The handler lets shared caches keep this response. */
export const isPublic = (response: ServerResponse): boolean =>
  (cacheDirectivesOf(textOf(response, 'Cache-Control'))?.some(isShared) ?? false) ||
  permittingHeadersOf(response).length > 0

/** Says of responses of one application that they are made for one visitor. */
export class Caching {
  readonly #log: Logger
  readonly #warned = new FirstTimes()

  constructor(log: Logger) {
    this.#log = log
  }

  /** A response made from a scope: what the handler says of caching stands. `header`: what it depends on. */
  madeFrom(response: ServerResponse, header: string): void {
    if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'private')
    varyBy(response, header)
  }

  /** A response that gives or takes a credential: no shared cache may keep it, whatever the handler says. */
  carriesCredential(request: IncomingMessage, response: ServerResponse, header: string): void {
    const permitting = permittingHeadersOf(response)
    for (const name of permitting) forbid(response, name)
    if (this.#makePersonal(response) || permitting.length > 0) this.#warn(routeOf(request))
    varyBy(response, header)
  }

  /** Whether the handler had said that shared caches may keep the response. */
  #makePersonal(response: ServerResponse): boolean {
    const directives = cacheDirectivesOf(textOf(response, 'Cache-Control'))
    if (directives === undefined || directives.length === 0) {
      response.setHeader('Cache-Control', 'no-store')
      return directives === undefined
    }
    const kept = directives.filter((directive) => !isShared(directive))
    const isChanged = kept.length < directives.length
    const texts = kept.map(({ text }) => text)
    if (!kept.some(isPersonal)) response.setHeader('Cache-Control', ['private', ...texts].join(', '))
    else if (isChanged) response.setHeader('Cache-Control', texts.join(', '))
    return isChanged
  }

  #warn(route: string): void {
    if (!this.#warned.isFirst(route)) return
    this.#log.warn(
      { route },
      'headers that let shared caches keep the response were replaced, since it carries the credential of a session or client',
    )
  }
}
