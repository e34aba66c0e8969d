/** The part of a live connection that ends with the container. */
interface Closing {
  shutDown(): void
}

/** The live connections of one container on this node. */
export class Connections {
  readonly #open = new Set<Closing>()

  get size(): number {
    return this.#open.size
  }

  add(connection: Closing): void {
    this.#open.add(connection)
  }

  delete(connection: Closing): void {
    this.#open.delete(connection)
  }

  /** The container closes: each connection ends and notifies its listeners. */
  shutDown(): void {
    for (const connection of [...this.#open]) connection.shutDown()
  }
}
