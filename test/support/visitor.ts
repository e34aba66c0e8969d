import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Container } from '../../src/container/container.js'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly setCookie: readonly string[]
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
  readonly json: () => any
}

/** Listens on a free loopback port for the length of a test. */
export async function serve(
  listener: Parameters<typeof createServer>[1],
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const serveContainer = (container: Container) => serve(container.callback())

/** A browser as far as cookies go: keeps what it is sent, by name. */
export class Visitor {
  readonly cookies = new Map<string, string>()

  /** `base` may differ from request to request: another node. */
  async get(base: string, path = '/', init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0 && !headers.has('cookie'))
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(base + path, { redirect: 'manual', ...init, headers })
    const setCookie = response.headers.getSetCookie()
    for (const line of setCookie) this.#keep(line)
    const text = await response.text()
    return { status: response.status, headers: response.headers, setCookie, text, json: () => JSON.parse(text) }
  }

  /** The same visitor in the state of now. */
  clone(): Visitor {
    const copy = new Visitor()
    for (const [name, value] of this.cookies) copy.cookies.set(name, value)
    return copy
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals)
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(equals + 1))
  }
}

/** A visitor whose session holds this query. */
export async function visitorWith(base: string, query: string): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get(base, `/write?${query}`)
  return visitor
}
