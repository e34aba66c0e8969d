import { randomBytes } from 'node:crypto'
import type {
  CallOptions,
  Capabilities,
  Driver,
  DriverHealth,
  ObjectSpace,
  Space,
  SpaceOptions,
} from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { callOf } from '../network/call.js'
import { announced } from './announced-space.js'
import type { HazelcastLibrary } from './client.js'
import { HazelcastConnection } from './connection.js'
import { healthOf } from './health.js'
import { MembersJar } from './members-jar.js'
import { Notices } from './notices.js'
import { HazelcastObjects } from './objects.js'
import type { HazelcastOptions } from './options.js'
import { HazelcastRecords } from './records.js'
import { spaceOn } from './space.js'

const originBytes = 6

export class HazelcastDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #connection: HazelcastConnection
  readonly #jar: MembersJar
  readonly #prefix: string
  readonly #isVisit: boolean
  readonly #origin = randomBytes(originBytes).toString('base64url')
  readonly #notices: Notices[] = []
  /** By the names of spaces: each makes its indexes once. */
  readonly #records = new Map<string, HazelcastRecords>()

  constructor(
    capabilities: Capabilities,
    options: HazelcastOptions,
    library: HazelcastLibrary,
    { cache, isVisit = false }: Pick<DriverEnvironment, 'cache' | 'isVisit'>,
  ) {
    this.capabilities = capabilities
    this.#isVisit = isVisit
    this.#connection = new HazelcastConnection(library, options, cache)
    this.#jar = new MembersJar(this.#connection, options, cache)
    this.#prefix = options.prefix
  }

  async open(): Promise<void> {
    await this.#connection.open()
    try {
      await this.#jar.open()
    } catch (error) {
      this.#jar.close()
      await this.#connection.close()
      throw error
    }
  }

  async prepare(names: readonly string[]): Promise<void> {
    const call = callOf('open', {})
    await Promise.all(names.map((name) => this.#recordsOf(name).prepare(call)))
  }

  space(name: string, { notices: kinds }: SpaceOptions): Space {
    const notices = new Notices(this.#connection, this.#prefix, name, this.#origin)
    this.#notices.push(notices)
    return announced(spaceOn(this.#recordsOf(name), this.#jar), notices, kinds)
  }

  objects(name: string): ObjectSpace {
    return new HazelcastObjects(this.#connection, this.#prefix, name)
  }

  health(options: CallOptions): Promise<DriverHealth> {
    return healthOf(this.#connection, this.#jar, { prefix: this.#prefix, isVisit: this.#isVisit }, options)
  }

  async close(): Promise<void> {
    this.#jar.close()
    await Promise.all(this.#notices.map((notices) => notices.close()))
    await this.#connection.close()
  }

  #recordsOf(space: string): HazelcastRecords {
    const records =
      this.#records.get(space) ?? new HazelcastRecords(this.#connection, this.#prefix, space, !this.#isVisit)
    this.#records.set(space, records)
    return records
  }
}
