import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { withFolder } from '../support/container.js'
import type { EndingServerSetup, JournalEntry } from './ending-server.js'

const program = fileURLToPath(new URL('ending-server.ts', import.meta.url))
const twoHours = 2 * 3_600_000
/** More than the lease of a claim. */
const leaseIsOver = 31_000

/** A node whose sessions end after an hour. */
class Node {
  readonly #url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.#url = url
    this.#child = child
  }

  static async start(setup: EndingServerSetup): Promise<Node> {
    const child = fork(program, [JSON.stringify(setup)], { execArgv: ['--import', 'tsx'] })
    const [url] = await once(child, 'message')
    return new Node(url, child)
  }

  /** Every visitor is a new one. */
  async visit(number: number): Promise<void> {
    await (await fetch(`${this.#url}?number=${number}`)).text()
  }

  moveClock(ms: number): void {
    this.#child.send(ms)
  }

  /** In good order with SIGTERM; with SIGKILL not at all. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    await once(this.#child, 'exit')
  }
}

/** Nodes on one store, and what their end handlers wrote. */
class Nodes {
  readonly #folder: string
  readonly #cluster: boolean

  constructor(folder: string, cluster: boolean) {
    this.#folder = folder
    this.#cluster = cluster
  }

  start({ ahead = 0, hangs = false } = {}): Promise<Node> {
    return Node.start({ path: this.#folder, cluster: this.#cluster, journal: this.#journal, ahead, hangs })
  }

  async entries(): Promise<JournalEntry[]> {
    const text = await readFile(this.#journal, 'utf8')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }

  /** Resolves when there are so many. */
  hasEntries(count: number): Promise<void> {
    const isComplete = async () => expect((await this.entries()).length).toBeGreaterThanOrEqual(count)
    return vi.waitFor(isComplete, { timeout: 30_000, interval: 50 })
  }

  get #journal(): string {
    return join(this.#folder, 'journal')
  }
}

const withNodes = (cluster: boolean, use: (nodes: Nodes) => Promise<void>) =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'journal'), '')
    await use(new Nodes(folder, cluster))
  })

async function visitInTurn(nodes: readonly Node[], count: number): Promise<void> {
  for (let from = 0; from < count; from += 50) {
    const numbers = Array.from({ length: 50 }, (_, index) => from + index)
    await Promise.all(numbers.map((number) => nodes[number % nodes.length]?.visit(number)))
  }
}

const endsOf = (count: number): JournalEntry[] =>
  Array.from({ length: count }, (_, number) => ({ number: String(number), reason: 'timeout', attempt: 1 }))

const byNumber = (entries: readonly JournalEntry[]) => entries.toSorted((a, b) => Number(a.number) - Number(b.number))

describe.each([{ cluster: true }, { cluster: false }])('sessions on LMDB, cluster: $cluster', ({ cluster }) => {
  it('12. that expire, 1,000 at once on three nodes: each end handler runs once, with its data', () =>
    withNodes(cluster, async (nodes) => {
      const three = await Promise.all([nodes.start(), nodes.start(), nodes.start()])
      await visitInTurn(three, 1_000)
      expect(await nodes.entries()).toEqual([])
      for (const node of three) node.moveClock(twoHours)
      await nodes.hasEntries(1_000)
      await Promise.all(three.map((node) => node.end('SIGTERM')))
      expect(byNumber(await nodes.entries())).toEqual(endsOf(1_000))
    }))

  it('11. that expire while all nodes are down: each end handler runs once after the restart, with its data', () =>
    withNodes(cluster, async (nodes) => {
      const first = await nodes.start()
      await visitInTurn([first], 50)
      await first.end('SIGTERM')
      const second = await nodes.start({ ahead: twoHours })
      await nodes.hasEntries(50)
      await second.end('SIGTERM')
      const third = await nodes.start({ ahead: twoHours + leaseIsOver })
      await third.visit(50)
      third.moveClock(twoHours)
      await nodes.hasEntries(51)
      await third.end('SIGTERM')
      expect(byNumber(await nodes.entries())).toEqual(endsOf(51))
    }))
})

describe('a node that is killed while an end handler runs', () => {
  it('12. leaves it to another one, as attempt 2', () =>
    withNodes(true, async (nodes) => {
      const dying = await nodes.start({ hangs: true })
      await dying.visit(0)
      dying.moveClock(twoHours)
      await nodes.hasEntries(1)
      await dying.end('SIGKILL')
      const other = await nodes.start({ ahead: twoHours + leaseIsOver })
      await nodes.hasEntries(2)
      await other.end('SIGTERM')
      expect(await nodes.entries()).toEqual([
        { number: '0', reason: 'timeout', attempt: 1 },
        { number: '0', reason: 'timeout', attempt: 2 },
      ])
    }))
})
