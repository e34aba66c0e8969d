import type { Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import { spaceOnTable } from '../../storage/space-on-table.js'
import type { DriverEnvironment } from '../definition.js'
import { MemoryObjects } from './objects.js'
import type { MemoryOptions } from './options.js'
import { Residents } from './residents.js'
import { MemoryTable } from './table.js'

export class MemoryDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #residents: Residents
  readonly #spaces = new Map<string, Space>()
  readonly #objects = new Map<string, MemoryObjects>()

  constructor(capabilities: Capabilities, options: MemoryOptions, environment: DriverEnvironment) {
    this.capabilities = capabilities
    this.#residents = new Residents(options, environment)
  }

  async open(): Promise<void> {}

  space(name: string): Space {
    const space = this.#spaces.get(name) ?? spaceOnTable(new MemoryTable(name, this.#residents))
    this.#spaces.set(name, space)
    return space
  }

  objects(name: string): ObjectSpace {
    const objects = this.#objects.get(name) ?? new MemoryObjects(name, this.#residents)
    this.#objects.set(name, objects)
    return objects
  }

  async health(): Promise<DriverHealth> {
    const { entries, bytes, evictions } = this.#residents
    const warnings = evictions > 0 ? [`Evicted for lack of room: ${evictions}. Raise maxEntries or maxBytes.`] : []
    return { warnings, details: { entries, bytes, evictions } }
  }

  async close(): Promise<void> {
    this.#spaces.clear()
    this.#objects.clear()
  }
}
