import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigInput } from '../../src/config/load.js'
import { type ContainerOptions, createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'

/** A container that says nothing. */
export const quietContainer = (config: string | ConfigInput, options: ContainerOptions = {}) =>
  createContainer(config, { logger: silentLogger, ...options })

/** A fresh folder for the length of `use`. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
