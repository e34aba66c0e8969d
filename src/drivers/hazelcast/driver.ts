import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import { callOf } from './call.js'
import type { HazelcastLibrary } from './client.js'
import { HazelcastConnection } from './connection.js'
import { healthOf } from './health.js'
import { HazelcastObjects } from './objects.js'
import type { HazelcastOptions } from './options.js'
import { HazelcastRecords } from './records.js'
import { spaceOn } from './space.js'

export class HazelcastDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #connection: HazelcastConnection
  readonly #prefix: string

  constructor(capabilities: Capabilities, options: HazelcastOptions, library: HazelcastLibrary, cache: string) {
    this.capabilities = capabilities
    this.#connection = new HazelcastConnection(library, options, cache)
    this.#prefix = options.prefix
  }

  open(): Promise<void> {
    return this.#connection.open()
  }

  async prepare(names: readonly string[]): Promise<void> {
    const call = callOf('open', {})
    await Promise.all(names.map((name) => new HazelcastRecords(this.#connection, this.#prefix, name).prepare(call)))
  }

  space(name: string): Space {
    return spaceOn(new HazelcastRecords(this.#connection, this.#prefix, name))
  }

  objects(name: string): ObjectSpace {
    return new HazelcastObjects(this.#connection, this.#prefix, name)
  }

  health(options: CallOptions): Promise<DriverHealth> {
    return healthOf(this.#connection, this.#prefix, options)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
