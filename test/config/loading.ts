import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Config } from '../../src/config/config.js'
import { ConfigError } from '../../src/config/config-error.js'
import { type LoadOptions, loadConfig } from '../../src/config/load.js'
import { type DriverDefinition, defineDriver } from '../../src/drivers/definition.js'
import { memory } from '../../src/drivers/memory/index.js'
import type { Capabilities } from '../../src/storage/contract.js'

const everything = { ...memory.capabilities({ maxEntries: 1 }), durable: true }

const declared = (name: string, reach: Capabilities['reach'], options: z.ZodType): DriverDefinition =>
  defineDriver<unknown>({
    name,
    options,
    capabilities: () => ({ ...everything, reach }),
    create: () => Promise.reject(new Error('A configuration is checked without opening anything.')),
  })

const network = z
  .strictObject({
    url: z.url().optional(),
    password: z.string().optional(),
    nodes: z.array(z.strictObject({ host: z.string(), port: z.int().optional() })).optional(),
    buckets: z.int().min(1).default(1),
  })
  .refine(({ url, nodes }) => url !== undefined || nodes !== undefined, 'give either url or nodes')

/** One driver of each reach. None of them can be opened. */
export const drivers: ReadonlyMap<string, DriverDefinition> = new Map(
  [
    declared('memory', 'process', memory.options),
    declared('disk', 'host', z.strictObject({ path: z.string(), sync: z.enum(['commit', 'disk']).default('commit') })),
    declared('network', 'network', network),
  ].map((definition) => [definition.name, definition]),
)

export type Options = Partial<LoadOptions>

const complete = (options: Options): LoadOptions => ({ drivers, env: {}, applications: ['shop'], ...options })

/** Loads it from a file of its own; the application `shop` has its definition in code. */
export async function load(text: string | Uint8Array, options: Options = {}): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-config-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'app.config.yaml')
  await writeFile(file, text)
  return loadConfig(file, complete(options))
}

export async function errorOf(loading: Promise<Config>): Promise<ConfigError> {
  const outcome = await loading.catch((error: unknown) => error)
  if (outcome instanceof ConfigError) return outcome
  throw new Error('The configuration was expected to be refused.', { cause: outcome })
}

/** Each problem as `line:column path: problem`. */
export async function problemsIn(text: string | Uint8Array, options: Options = {}): Promise<string[]> {
  const { problems } = await errorOf(load(text, options))
  return problems.map(({ line, column, path, problem }) => `${line}:${column} ${path}: ${problem}`)
}
