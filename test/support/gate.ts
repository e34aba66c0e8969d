/** A point where something waits until the test lets it go on. */
export class Gate {
  readonly #arrival = new Turnstile()
  readonly #way = new Turnstile()

  /** Resolves when somebody waits here. */
  get reached(): Promise<void> {
    return this.#arrival.opened
  }

  async pass(): Promise<void> {
    this.#arrival.open()
    await this.#way.opened
  }

  open(): void {
    this.#way.open()
  }
}

class Turnstile {
  open = () => {}
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve
  })
}
