import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Program, programAt } from './program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const main = new URL('../../src/cli/main.ts', import.meta.url)

export type CliProcess = ChildProcessByStdio<null, Readable, Readable>

export interface CliOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** In place of the compiled one. */
  readonly program?: Program
  /** Descriptors of this process that it inherits, from 3 on. */
  readonly descriptors?: readonly number[]
}

/** As if npm had not started the tests. */
const { npm_lifecycle_event: _, ...withoutNpm } = process.env

/** Starts `koa-scopes` with these arguments, in the project's folder unless another is given. */
export const spawnCli = (
  args: readonly string[],
  { env, cwd = root, program = programAt(main), descriptors = [] }: CliOptions = {},
): CliProcess =>
  spawn(process.execPath, [...program.execArgv, program.file, ...args], {
    cwd,
    env: { ...withoutNpm, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
  }) as CliProcess

/** null when a signal ended it. */
export async function exitOf(child: CliProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** Runs a command that ends by itself. */
export async function runCli(args: readonly string[], options?: CliOptions) {
  const child = spawnCli(args, options)
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)])
  return { code, stdout, stderr }
}
