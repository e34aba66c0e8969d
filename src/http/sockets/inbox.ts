/** The side from which messages come. While it is paused, it reads nothing more from the network. */
interface Source {
  pause(): void
  resume(): void
}

export interface InboxOptions<Message> {
  readonly source: Source
  /** Must not reject. */
  readonly handle: (message: Message) => Promise<void>
  /** How many messages, and how many bytes of them, may wait until the source is paused. */
  readonly most: { readonly messages: number; readonly bytes: number }
}

/**
 * The messages of one connection, which are handled one after the other. If too many wait, the source is paused, so that the
 * network holds up the sender. What the source has read already still comes: with a socket, at most 64 kB.
 */
export class Inbox<Message> {
  readonly #options: InboxOptions<Message>
  #waiting: { readonly message: Message; readonly size: number }[] = []
  #bytes = 0
  #isPaused = false
  #isStopped = false
  #handling: Promise<void> | undefined

  constructor(options: InboxOptions<Message>) {
    this.#options = options
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  put(message: Message, size: number): void {
    if (this.#isStopped) return
    this.#waiting.push({ message, size })
    this.#bytes += size
    this.#handling ??= this.#handleAll()
    if (this.#isFull && !this.#isPaused) {
      this.#isPaused = true
      this.#options.source.pause()
    }
  }

  /** Drops what waits and what comes later. Resolves when the message that is being handled is done. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#waiting = []
    this.#bytes = 0
    this.#resume()
    await this.#handling
  }

  /** Resolves when nothing waits any longer. */
  async idle(): Promise<void> {
    await this.#handling
  }

  async #handleAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#bytes -= next.size
      await this.#options.handle(next.message)
      if (!this.#isFull) this.#resume()
    }
    this.#handling = undefined
  }

  get #isFull(): boolean {
    const { bytes, messages } = this.#options.most
    return this.#waiting.length >= messages || this.#bytes >= bytes
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#options.source.resume()
  }
}
