import type { IncomingMessage, ServerResponse } from 'node:http'
import vary from 'vary'
import type { Logger } from '../support/logger.js'

/** So many routes are warned of, so that made-up paths fill no memory. */
const mostWarnings = 100

/** Directives with which a shared cache may keep a response. */
const shared = /^(public|s-maxage\b.*)$/i
const personal = /^(private|no-store)$/i

const directivesOf = (response: ServerResponse): string[] =>
  [response.getHeader('Cache-Control') ?? []]
    .flat()
    .flatMap((value) => String(value).split(','))
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '')

/** The handler lets any cache keep this response. */
export const isPublic = (response: ServerResponse): boolean =>
  directivesOf(response).some((directive) => shared.test(directive))

/** Says of responses of one application that they are made for one visitor. */
export class Caching {
  readonly #log: Logger
  readonly #warned = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** A response made from a scope: what the handler says of caching stands. `header`: what it depends on. */
  madeFrom(response: ServerResponse, header: string): void {
    if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'private')
    vary(response, header)
  }

  /** A response that gives or takes a credential: no shared cache may keep it, whatever the handler says. */
  carriesCredential({ method, url = '' }: IncomingMessage, response: ServerResponse, header: string): void {
    const directives = directivesOf(response)
    if (directives.length === 0) response.setHeader('Cache-Control', 'no-store')
    else if (!directives.some((directive) => personal.test(directive))) {
      const kept = directives.filter((directive) => !shared.test(directive))
      response.setHeader('Cache-Control', ['private', ...kept].join(', '))
      if (kept.length < directives.length) this.#warn(`${method} ${url.split('?', 1)[0]}`)
    }
    vary(response, header)
  }

  #warn(route: string): void {
    if (this.#warned.has(route) || this.#warned.size >= mostWarnings) return
    this.#warned.add(route)
    this.#log.warn(
      { route },
      'Cache-Control: public was replaced, since the response carries a session or client cookie',
    )
  }
}
