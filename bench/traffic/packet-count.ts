/** The part of a packet that says how it goes on. */
interface Packet {
  /** Bytes of its content that are still to come. */
  readonly rest: number
  readonly isCommand: boolean
}

/** Reads the head of a packet; undefined if more of its bytes are needed. */
export type ReadHead = (head: Buffer) => Packet | undefined

/** Counts the commands in the bytes that a client sends to a server whose packets begin with their length. */
export class PacketCount {
  readonly #readHead: ReadHead
  #commands = 0
  #head = Buffer.alloc(0)
  #rest = 0

  constructor(readHead: ReadHead) {
    this.#readHead = readHead
  }

  get commands(): number {
    return this.#commands
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(this.#rest, chunk.length - at)
      this.#rest -= skipped
      at += skipped
      if (at === chunk.length) return
      this.#readByte(chunk.subarray(at, at + 1))
      at += 1
    }
  }

  #readByte(byte: Buffer): void {
    this.#head = Buffer.concat([this.#head, byte])
    const packet = this.#readHead(this.#head)
    if (!packet) return
    this.#head = Buffer.alloc(0)
    this.#rest = packet.rest
    if (packet.isCommand) this.#commands += 1
  }
}

const [query, execute] = ['Q', 'E'].map((letter) => letter.charCodeAt(0))

/** PostgreSQL: a letter and a length that includes itself. Only the first packet of a connection has no letter. */
export function postgresHeads(): ReadHead {
  let hasStarted = false
  return (head) => {
    const letters = hasStarted ? 1 : 0
    if (head.length < letters + 4) return undefined
    const isCommand = hasStarted && (head[0] === query || head[0] === execute)
    hasStarted = true
    return { rest: head.readInt32BE(letters) - 4, isCommand }
  }
}

/** COM_QUERY, COM_STMT_EXECUTE, COM_STMT_BULK_EXECUTE */
const mariadbCommands: readonly number[] = [0x03, 0x17, 0xfa]

/** MariaDB: a length in 3 bytes, a number that begins with 0 in each command, and the content, first the kind of command. */
export function mariadbHeads(): ReadHead {
  return (head) => {
    if (head.length < 4) return undefined
    const length = head.readUIntLE(0, 3)
    if (length === 0) return { rest: 0, isCommand: false }
    const [, , , number, kind] = head
    if (kind === undefined) return undefined
    return { rest: length - 1, isCommand: number === 0 && mariadbCommands.includes(kind) }
  }
}

/** The bit of a frame's flags that marks the last frame of a message. */
const isLastFrame = 0x20_00
const frameHead = 6

/** Hazelcast: after three letters at the beginning, frames with a length, which includes itself, and flags; some frames make a message. */
export function hazelcastHeads(): ReadHead {
  let hasStarted = false
  return (head) => {
    if (!hasStarted) {
      hasStarted = head.length === 'CP2'.length
      return hasStarted ? { rest: 0, isCommand: false } : undefined
    }
    if (head.length < frameHead) return undefined
    return { rest: head.readInt32LE(0) - frameHead, isCommand: (head.readUInt16LE(4) & isLastFrame) !== 0 }
  }
}

const messageHead = 16

/** MongoDB: a length that includes itself, two numbers, and the kind of message; each is a command. */
export function mongodbHeads(): ReadHead {
  return (head) =>
    head.length < messageHead ? undefined : { rest: head.readInt32LE(0) - messageHead, isCommand: true }
}
