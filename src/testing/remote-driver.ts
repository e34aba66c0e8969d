import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../storage/contract.js'
import { StorageError } from '../storage/storage-error.js'
import type { Answer, Failure, Target } from './driver-worker.js'

const spaceMethods = ['load', 'save', 'list', 'count', 'claimExpired', 'renew', 'settle']
const lockMethods = ['lock', 'unlock']
const objectMethods = ['get', 'set', 'delete', 'clear']

/**
 * Returns the driver that a child process opened and serves with `serveDriver`. Signals and notices are not passed on.
 * `close` closes the driver in the child, and waits for the child to end.
 */
export async function remoteDriver(child: ChildProcess): Promise<Driver> {
  const capabilities = await servedBy(child)
  return new RemoteDriver({ ...capabilities, notices: 'none' }, child)
}

function servedBy(child: ChildProcess): Promise<Capabilities> {
  return new Promise((resolve, reject) => {
    child.once('message', (capabilities: Capabilities) => resolve(capabilities))
    child.once('exit', (code) => reject(new Error(`The child process ended with ${code} before it served a driver`)))
  })
}

interface Caller {
  resolve(value: unknown): void
  reject(error: Error): void
}

class RemoteDriver implements Driver {
  readonly capabilities: Capabilities
  readonly objects?: (name: string) => ObjectSpace
  readonly #child: ChildProcess
  readonly #callers = new Map<number, Caller>()
  #calls = 0

  constructor(capabilities: Capabilities, child: ChildProcess) {
    this.capabilities = capabilities
    this.#child = child
    if (capabilities.objects) this.objects = (name) => this.#part({ kind: 'objects', name }, objectMethods)
    child.on('message', (answer: Answer) => this.#finish(answer))
    child.on('exit', () => this.#fail(new Error('The child process has ended')))
  }

  async open(): Promise<void> {}

  space(name: string, { endGraceMs }: { readonly endGraceMs: number }): Space {
    const methods = this.capabilities.locks ? [...spaceMethods, ...lockMethods] : spaceMethods
    return this.#part({ kind: 'space', name, endGraceMs }, methods)
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    return (await this.#call({ kind: 'driver' }, 'health', [options])) as DriverHealth
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    await this.#call({ kind: 'driver' }, 'close', [])
    this.#child.disconnect()
    await ended
  }

  #part<Part>(target: Target, methods: readonly string[]): Part {
    const callOf =
      (method: string) =>
      (...parameters: unknown[]) =>
        this.#call(target, method, parameters)
    return Object.fromEntries(methods.map((method) => [method, callOf(method)])) as Part
  }

  #call(target: Target, method: string, parameters: readonly unknown[]): Promise<unknown> {
    this.#calls += 1
    const call = this.#calls
    return new Promise((resolve, reject) => {
      this.#callers.set(call, { resolve, reject })
      this.#child.send({ call, target, method, parameters }, (error) => error && reject(error))
    })
  }

  #finish(answer: Answer): void {
    const caller = this.#callers.get(answer.call)
    this.#callers.delete(answer.call)
    if ('value' in answer) caller?.resolve(answer.value)
    else caller?.reject(errorOf(answer.failure))
  }

  #fail(error: Error): void {
    for (const caller of this.#callers.values()) caller.reject(error)
    this.#callers.clear()
  }
}

const errorOf = (failure: Failure): Error =>
  'code' in failure ? new StorageError(failure.code, failure.details as never) : new Error(failure.message)
