/** Counts the commands in the bytes that a client sends to Redis: arrays of strings, each after its length. */
export class CommandCount {
  #commands = 0
  #line = ''
  /** Bytes of a string's content that are still to come. */
  #content = 0

  get commands(): number {
    return this.#commands
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const content = Math.min(this.#content, chunk.length - at)
      this.#content -= content
      at += content
      if (this.#content === 0) at = this.#readLine(chunk, at)
    }
  }

  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf('\n', from)
    this.#line += chunk.toString('latin1', from, end < 0 ? chunk.length : end)
    if (end < 0) return chunk.length
    if (this.#line.startsWith('*')) this.#commands += 1
    if (this.#line.startsWith('$')) this.#content = Number(this.#line.slice(1)) + '\r\n'.length
    this.#line = ''
    return end + 1
  }
}
