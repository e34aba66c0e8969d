import { connect, type Socket } from 'node:net'

/** The client side of a web socket that answers nothing, not even that it was closed. */
export class DeafSocket {
  /** The code of the close that came. */
  closeFrame: number | undefined
  readonly ended: Promise<void>
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const at = bytes.indexOf(0x88)
      if (at >= 0) this.closeFrame = bytes.readUInt16BE(at + 2)
    })
  }

  /** Resolves when the handshake is done. */
  static async open(url: string, cookie = ''): Promise<DeafSocket> {
    const { host, hostname, pathname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const head = [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...(cookie ? [`Cookie: ${cookie}`] : []),
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    return new DeafSocket(socket)
  }

  send(message: string): void {
    const bytes = Buffer.from(message)
    this.#socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]))
  }
}
