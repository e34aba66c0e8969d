import type { Call } from '../network/call.js'
import type { Argument, RedisServers } from './client.js'
import type { Script } from './scripts.js'

/** A command, the call for which it is sent, and what its reply means. */
export interface Command<Result> {
  readonly call: Call
  send(): Promise<unknown>
  /** The same by the script's source, for a server that does not know its digest. */
  bySource?(): Command<Result>
  readonly read: Read<unknown, Result>
}

export type Read<Reply, Result> = (reply: Reply) => Result | Promise<Result>

/** A run of a script. One object, because every request has one. */
export class ScriptRun<Reply, Result> implements Command<Result> {
  readonly call: Call
  readonly read: Read<unknown, Result>
  readonly #client: RedisServers['client']
  readonly #script: Script
  readonly #parameters: readonly Argument[]

  constructor(
    client: RedisServers['client'],
    script: Script,
    parameters: readonly Argument[],
    call: Call,
    read: Read<Reply, Result>,
  ) {
    this.call = call
    this.read = read as Read<unknown, Result>
    this.#client = client
    this.#script = script
    this.#parameters = parameters
  }

  send(): Promise<unknown> {
    return this.#client.callBuffer('evalsha', this.#script.digest, ...this.#parameters)
  }

  bySource(): Command<Result> {
    const send = () => this.#client.callBuffer('eval', this.#script.source, ...this.#parameters)
    return { call: this.call, send, read: this.read }
  }
}

export const asItIs = (reply: unknown): never => reply as never
