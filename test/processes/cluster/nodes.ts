import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { withFolder } from '../../support/container.js'
import { ShopNode } from '../../support/shop-node.js'
import type { JournalEntry, ShopSetup } from '../../support/shop-server.js'

type IsMeant = (entry: JournalEntry) => boolean
type CommonSetup = Pick<ShopSetup, 'config' | 'greeting'>

/** So many nodes that serve the same, and those that are started besides, for the length of `use`. */
export const withNodes = (setup: CommonSetup, count: number, use: (nodes: Nodes) => Promise<void>) =>
  withFolder(async (folder) => {
    const nodes = new Nodes(setup, join(folder, 'journal'))
    try {
      await nodes.begin(count)
      await use(nodes)
    } finally {
      await nodes.kill()
    }
  })

/** Processes that serve the same applications, and the journal of what they have ended. */
export class Nodes {
  readonly #setup: CommonSetup
  readonly #journal: string
  readonly #started: ShopNode[] = []
  #names = 0
  #skipped = 0

  /** Use withNodes(). */
  constructor(setup: CommonSetup, journal: string) {
    this.#setup = setup
    this.#journal = journal
  }

  async begin(count: number): Promise<void> {
    await writeFile(this.#journal, '')
    await Promise.all(Array.from({ length: count }, () => this.start()))
  }

  get all(): readonly ShopNode[] {
    return this.#started
  }

  /** From 0. */
  node(index: number): ShopNode {
    const node = this.#started[index]
    if (!node) throw new TypeError(`There is no node ${index}`)
    return node
  }

  async start(setup: Partial<ShopSetup> = {}): Promise<ShopNode> {
    const name = `node-${this.#names++}`
    const place = { journal: this.#journal, ahead: this.#skipped }
    const node = await ShopNode.start({ name, ...this.#setup, ...place, ...setup })
    this.#started.push(node)
    return node
  }

  /** Lets time pass in which nobody does anything. */
  async skip(ms: number): Promise<void> {
    this.#skipped += ms
    await Promise.all(this.#started.filter((node) => node.isRunning).map((node) => node.jump(ms)))
  }

  async journal(isMeant: IsMeant = () => true): Promise<JournalEntry[]> {
    const lines = (await readFile(this.#journal, 'utf8')).split('\n')
    return lines
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(isMeant)
  }

  /** The entries that are meant, when there are so many. */
  journalHas(count: number, isMeant?: IsMeant): Promise<JournalEntry[]> {
    const enough = async () => {
      const entries = await this.journal(isMeant)
      if (entries.length < count) throw new Error(`The journal has ${entries.length} of ${count} entries`)
      return entries
    }
    return vi.waitFor(enough, { timeout: 20_000, interval: 20 })
  }

  async kill(): Promise<void> {
    await Promise.all(this.#started.map((node) => node.kill()))
  }
}
