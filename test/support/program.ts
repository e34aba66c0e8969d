import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A module as Node runs it. */
export interface Program {
  readonly file: string
  /** What Node has to be told for it. */
  readonly execArgv: readonly string[]
}

/** This TypeScript module through tsx. */
export const sourceAt = (module: URL): Program => ({
  file: fileURLToPath(module),
  execArgv: ['--import', import.meta.resolve('tsx')],
})

/** This TypeScript module, compiled where compilation.ts has been: so it starts in less than half the time. */
export function programAt(module: URL): Program {
  const folder = process.env.KOA_SCOPES_COMPILED
  if (!folder) return sourceAt(module)
  const file = relative(root, fileURLToPath(module)).replace(/\.ts$/, '.js')
  return { file: join(folder, file), execArgv: [] }
}

/** Starts this TypeScript module in a process of its own that exchanges messages with this one. */
export function forkProgram(module: URL, args: readonly string[], options?: ForkOptions): ChildProcess {
  const { file, execArgv } = programAt(module)
  return fork(file, args, { ...options, execArgv: [...execArgv] })
}
