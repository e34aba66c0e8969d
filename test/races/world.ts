import type { Credential } from '../../src/scopes/record/credential.js'
import type { ScopeSettings } from '../../src/scopes/settings.js'
import { memorySpace } from '../support/scope-environment.js'
import { type Answer, RaceNode } from './race-node.js'

export interface Mode extends Pick<ScopeSettings, 'cluster' | 'backup'> {
  /** The nodes have served the visitor before, and hold what they then learned. */
  readonly isWarm: boolean
}

export const principal = 'ada'
/** What the session holds before the race. */
export const before = { kept: 'before' }

/** Of the visitor's session. */
export const timeoutMs = 1_200
/** Memory-first, a node learns within this time what others did to the visitor's session. */
const slackMs = timeoutMs / 10

/** The same for every other session. */
const longSlackMs = 60_000
const longTimeoutMs = 30 * 60_000

/** A later login takes the place of the visitor's. */
// biome-ignore lint/suspicious/noThenProperty: the word of the configuration
const limit = { perPrincipal: 1, then: 'endOldest' } as const

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * A store, three nodes on it, and a visitor who has logged in on the first. The visitor's session lives so short that no
 * pause takes longer than a call to the store may take.
 */
export class World {
  readonly mode: Mode
  readonly space = memorySpace()
  readonly nodes: readonly [home: RaceNode, here: RaceNode, there: RaceNode]
  #visitor: Credential | undefined

  private constructor(mode: Mode) {
    this.mode = mode
    const { backup, cluster } = mode
    const settings = { backup, cluster, limit }
    const node = () => new RaceNode(this.space, settings)
    this.nodes = [node(), node(), node()]
  }

  static async begin(mode: Mode): Promise<World> {
    const world = new World(mode)
    const [home, ...others] = world.nodes
    const answer = await home.visit(undefined, async (session, handle) => {
      Object.assign(session, before)
      handle.timeout = `${timeoutMs}ms`
      await handle.login(principal)
    })
    world.#visitor = credentialIn(answer)
    if (mode.isWarm) for (const node of others) await node.visit(world.visitor, (session) => session.kept)
    world.pass(1)
    return world
  }

  /** What the visitor came with before the race. */
  get visitor(): Credential {
    if (!this.#visitor) throw new Error('The visitor was given no session')
    return this.#visitor
  }

  /** From the last access to the end of the visitor's session, in the store. */
  get lifeMs(): number {
    return this.mode.cluster ? timeoutMs : timeoutMs + slackMs
  }

  get ends() {
    return this.nodes.flatMap(({ ends }) => ends)
  }

  get lost() {
    return this.nodes.flatMap(({ lost }) => lost)
  }

  /** Time in which no node does anything by itself. */
  pass(ms: number): void {
    for (const { clock } of this.nodes) clock.jump(ms)
  }

  /** Resolves when nobody goes on any more without being let. */
  async rest(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 4; quietTurns += 1) {
      const steps = this.#steps
      await turn()
      if (this.#steps !== steps) quietTurns = 0
    }
  }

  /** What responses have left behind reaches the store. */
  async backUp(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.backUp()))
    await this.rest()
  }

  /** Every node learns what became of the visitor's session. */
  learn(): void {
    this.pass(slackMs)
  }

  /** The same of all sessions; the visitor's has run out by then. What was claimed has had its end. */
  async learnAll(): Promise<void> {
    for (const node of this.nodes) node.releaseEnds()
    await this.rest()
    this.pass(longSlackMs)
    await this.#sweepAll()
  }

  /** All sessions run out, and end. */
  async finish(): Promise<void> {
    this.pass(2 * longTimeoutMs)
    await this.#sweepAll()
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  /** How far the calls of all nodes have come. */
  get #steps(): number {
    return this.nodes.reduce((sum, { calls }) => sum + calls.steps, 0)
  }

  async #sweepAll(): Promise<void> {
    for (const node of this.nodes) await node.sweep()
    await this.rest()
  }
}

/** What the visitor is sent. */
export const credentialIn = ({ issued }: Answer): Credential | undefined =>
  issued.kind === 'issued' ? issued.credential : undefined
