import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type Capabilities, type Driver, type DriverHealth, type Space, spaceOnTable } from 'koa-scopes'
import { Folder, fileNameOf } from './folder.js'
import { JsonFilesTable } from './table.js'

export class JsonFilesDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #path: string
  readonly #cache: string
  readonly #spaces = new Map<string, Space>()

  constructor(capabilities: Capabilities, path: string, cache: string) {
    this.capabilities = capabilities
    this.#path = path
    this.#cache = cache
  }

  async open(): Promise<void> {
    await mkdir(this.#path, { recursive: true })
    await access(this.#path, constants.W_OK)
  }

  /** One object per name, so that all calls for a record wait in one queue. */
  space(name: string): Space {
    const space = this.#spaces.get(name) ?? this.#newSpace(name)
    this.#spaces.set(name, space)
    return space
  }

  async health(): Promise<DriverHealth> {
    const { bavail, bsize } = await statfs(this.#path)
    return { warnings: [], details: { path: this.#path, bytesFree: bavail * bsize } }
  }

  /** Nothing to do: each file was in place before its call was answered. */
  async close(): Promise<void> {}

  #newSpace(name: string): Space {
    return spaceOnTable(new JsonFilesTable(new Folder(join(this.#path, fileNameOf(name)), this.#cache)))
  }
}
