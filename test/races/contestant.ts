import type { EndReason } from '../../src/scopes/events.js'
import type { Credential } from '../../src/scopes/record/credential.js'
import type { ScopeHandle } from '../../src/scopes/request/handle.js'
import type { Answer, RaceNode } from './race-node.js'
import { credentialIn, type World } from './world.js'

/** Something that a node does in several steps with the store. */
export interface Operation {
  /** It ends the visitor's session, for this reason. */
  readonly ends?: EndReason
  /** It gives the visitor's session a new secret. */
  readonly rotates?: boolean
  /** It gives the user another session. */
  readonly logsIn?: boolean
  /** What comes before its first step. */
  prepare?(contestant: Contestant): unknown
  /** Its steps. */
  start(contestant: Contestant): unknown
}

/** What a request does when it may, and that it writes. */
type WritingPage = (write: () => void, handle: ScopeHandle) => unknown

/** Who runs an operation in a race, and what became of it. */
export class Contestant {
  /** Of the attribute that its request writes, too. */
  readonly name: string
  readonly operation: Operation
  readonly node: RaceNode
  readonly world: World
  #wroteTo: string | undefined
  #answer: Answer | undefined

  constructor(name: string, operation: Operation, node: RaceNode, world: World) {
    this.name = name
    this.operation = operation
    this.node = node
    this.world = world
  }

  /** The id of the session that its request wrote to. */
  get wroteTo(): string | undefined {
    return this.#wroteTo
  }

  /** undefined when it made no request. */
  get answer(): Answer | undefined {
    return this.#answer
  }

  get succeeds(): boolean {
    return this.#answer?.status === 200
  }

  /** It was told that another had rotated first. */
  get isRefused(): boolean {
    return this.#answer?.code === 'SCOPE_CONFLICT' || this.#answer?.code === 'SCOPE_SUPERSEDED'
  }

  /** What its request was given. */
  get credential(): Credential | undefined {
    return this.#answer && credentialIn(this.#answer)
  }

  /** Why it ended the visitor's session, if it did. Time passes also for those who are refused. */
  get end(): EndReason | undefined {
    const { ends } = this.operation
    return ends === 'timeout' || !this.isRefused ? ends : undefined
  }

  async prepare(): Promise<void> {
    await this.operation.prepare?.(this)
  }

  async start(): Promise<void> {
    await this.operation.start(this)
  }

  async request(credential: Credential | undefined, page: WritingPage): Promise<void> {
    this.#answer = await this.node.visit(credential, (session, handle) => {
      const write = () => {
        session[this.name] = this.name
        this.#wroteTo = handle.id
      }
      return page(write, handle)
    })
  }
}
