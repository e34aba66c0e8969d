import { Client } from 'undici'

export interface Request {
  readonly path: string
  readonly cookie?: string | undefined
}

/** Keep-alive connections to one server, each with one request at a time. */
export class Connections {
  readonly #clients: readonly Client[]
  readonly #idle: Client[]

  constructor(origin: string, count: number) {
    this.#clients = Array.from({ length: count }, () => new Client(origin, { pipelining: 1 }))
    this.#idle = [...this.#clients]
  }

  get count(): number {
    return this.#clients.length
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0
  }

  /** Returns the cookies that the response sets, in the form of a request. Throws if no connection is idle, or for any status except 200. */
  async request({ path, cookie }: Request): Promise<string> {
    const client = this.#idle.pop()
    if (!client) throw new Error('All connections are busy')
    try {
      const headers = cookie === undefined ? null : { cookie }
      const response = await client.request({ path, method: 'GET', headers })
      if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${await response.body.text()}`)
      await response.body.dump()
      return cookiesOf(response.headers['set-cookie'])
    } finally {
      this.#idle.push(client)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()))
  }
}

function cookiesOf(header: string | string[] | undefined): string {
  if (header === undefined) return ''
  return [header]
    .flat()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}
