import { WebSocket } from 'ws'
import type { Visitor } from './visitor.js'

/** The client side of a web socket: what came, in order. */
export class TestSocket {
  readonly messages: string[] = []
  /** The headers of the handshake. */
  setCookie: readonly string[] = []
  /** Of the refusal, if the handshake was refused. */
  refused:
    | { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string }
    | undefined
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  readonly socket: WebSocket

  private constructor(url: string, headers: Record<string, string>, options: { readonly autoPong?: boolean }) {
    this.socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, ...options })
    this.socket.on('message', (data) => this.messages.push(String(data)))
    this.socket.on('upgrade', (response) => {
      this.setCookie = response.headers['set-cookie'] ?? []
    })
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
  }

  /** Resolves when the handshake is done, or was refused. */
  static async open(
    url: string,
    visitor?: Visitor,
    { headers = {}, ...options }: { readonly headers?: Record<string, string>; readonly autoPong?: boolean } = {},
  ): Promise<TestSocket> {
    const cookie = [...(visitor?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    const opened = new TestSocket(url, { ...(cookie && { cookie }), ...headers }, options)
    await new Promise<void>((resolve, reject) => {
      opened.socket.once('open', resolve)
      opened.socket.once('unexpected-response', async (_, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        const { headers, statusCode = 0 } = response
        opened.refused = { status: statusCode, headers, text: Buffer.concat(chunks).toString() }
        resolve()
      })
      opened.socket.once('error', reject)
    })
    return opened
  }

  send(...messages: string[]): void {
    for (const message of messages) this.socket.send(message)
  }

  close(): void {
    this.socket.close()
  }
}
