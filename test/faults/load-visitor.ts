import { setTimeout as pause } from 'node:timers/promises'
import { Visitor } from '../support/visitor.js'
import { type Attributes, cookieName, type Operation } from './operation.js'
import { oneOf, shareOf } from './random.js'

/** Where visitors go. The addresses change when nodes are started again. */
export interface Site {
  readonly urls: readonly string[]
}

type Kind = Operation['kind']
/** What a visitor with a session may do. */
type Choice = Exclude<Kind, 'begin'> | 'both'

const counters = ['a', 'b', 'c', 'd']
/** Far beyond every deadline: a request that takes so long hangs. */
const patienceMs = 10_000
const longestPauseMs = 80
/** How often a visitor does what, in a hundred turns; writes are the rest. */
const shares: readonly (readonly [Choice, number])[] = [
  ['read', 20],
  ['both', 12],
  ['rotate', 6],
  ['login', 4],
  ['logout', 4],
]

/** One visitor of a site, who does one thing after the other, on any node, and writes down what came of it. */
export class LoadVisitor {
  readonly #name: string
  readonly #site: Site
  readonly #random: () => number
  readonly #log: (operation: Operation) => void
  #jar = new Visitor()
  #life = 0
  #writes = 0

  constructor(name: string, site: Site, random: () => number, log: (operation: Operation) => void) {
    this.#name = name
    this.#site = site
    this.#random = random
    this.#log = log
  }

  /** Resolves when the visitor has left, after the turn in which `left` aborted. */
  async browse(left: AbortSignal): Promise<void> {
    while (!left.aborted) {
      await pause(this.#random() * longestPauseMs)
      await this.#turn()
    }
  }

  async #turn(): Promise<void> {
    if (!this.#jar.cookies.has(cookieName)) return this.#begin()
    const kind = shareOf(shares, 'write', this.#random)
    if (kind === 'both') await this.#writeTwice()
    else if (kind === 'write') await this.#write(oneOf(counters, this.#random))
    else await this.#send(kind, steps[kind](this.#name))
  }

  async #begin(): Promise<void> {
    this.#life += 1
    this.#jar = new Visitor()
    await this.#send('begin', `read&set=owner:${this.#name}&set=life:${this.#life}`)
  }

  /** Two requests at once, which may change one attribute or two. */
  async #writeTwice(): Promise<void> {
    await Promise.all([1, 2].map(() => this.#write(oneOf(counters, this.#random))))
  }

  async #write(counter: string): Promise<void> {
    this.#writes += 1
    const value = `${this.#name}.${this.#writes}`
    await this.#send('write', `read&set=${counter}:${value}`, { counter, value })
  }

  async #send(kind: Kind, query: string, wrote?: Operation['wrote']): Promise<void> {
    const url = oneOf(this.#site.urls, this.#random)
    const node = this.#site.urls.indexOf(url)
    const cookie = this.#jar.cookies.get(cookieName)
    const start = performance.now()
    const got = await this.#get(url, `/?${query}`)
    const operation = { visitor: this.#name, life: this.#life, kind, node, start, end: performance.now() }
    this.#log({ ...operation, ...got, ...(wrote && { wrote }), ...(cookie && { cookie }) })
    if (got.status === 409 || (got.seen && !got.seen.owner && kind !== 'begin')) this.#jar = new Visitor()
  }

  async #get(url: string, path: string): Promise<Pick<Operation, 'status' | 'seen' | 'received'>> {
    const jar = this.#jar
    const before = jar.cookies.get(cookieName)
    try {
      const answer = await jar.get(url, path, { signal: AbortSignal.timeout(patienceMs) })
      const after = jar.cookies.get(cookieName)
      const received = after === before ? {} : { received: after ?? '' }
      const seen: { seen?: Attributes } = answer.status === 200 ? { seen: answer.json() ?? {} } : {}
      return { status: answer.status, ...seen, ...received }
    } catch {
      return { status: 0 }
    }
  }
}

const steps: Readonly<Record<Exclude<Kind, 'begin' | 'write'>, (name: string) => string>> = {
  read: () => 'read',
  rotate: () => 'read&rotate',
  login: (name) => `read&login=${name}`,
  logout: () => 'read&invalidate',
}
