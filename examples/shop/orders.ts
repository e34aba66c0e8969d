import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface Order {
  readonly number: string
  readonly user: string
  /** ISO 8601, in UTC. */
  readonly placedAt: string
  /** With the names and prices of that day. */
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly cents: number }[]
  readonly cents: number
}

/** The orders of all users, in a file with a line of JSON for each. A shop has them in its database. */
export class Orders {
  readonly #file: string
  readonly #orders: Map<string, Order>

  private constructor(file: string, orders: readonly Order[]) {
    this.#file = file
    this.#orders = new Map(orders.map((order) => [order.number, order]))
  }

  /** Drops a last line that a crash has cut: its order was never confirmed. */
  static async in(file: string): Promise<Orders> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await appendFile(file, '', { mode: 0o600 })
    const bytes = await readFile(file)
    const complete = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
    await truncate(file, complete.length)
    const lines = complete.toString().split('\n').slice(0, -1)
    return new Orders(
      file,
      lines.map((line) => JSON.parse(line)),
    )
  }

  static newNumber(): string {
    return randomBytes(6).toString('hex').toUpperCase()
  }

  /** Resolves when the order is on disk. Each number is placed once: a second order with it changes nothing. */
  async place(order: Order): Promise<void> {
    if (this.#orders.has(order.number)) return
    await appendFile(this.#file, `${JSON.stringify(order)}\n`, { flush: true })
    this.#orders.set(order.number, order)
  }

  /** An order of this user; undefined if it is another's. */
  find(number: string, user: string): Order | undefined {
    const order = this.#orders.get(number)
    return order?.user === user ? order : undefined
  }

  /** The orders of a user, the latest first. */
  of(user: string): Order[] {
    return [...this.#orders.values()].filter((order) => order.user === user).reverse()
  }
}
