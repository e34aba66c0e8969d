import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache')

export interface BuiltCli {
  /** Runs with Node alone, which starts twice as fast as with tsx. */
  readonly program: readonly string[]
  remove(): Promise<void>
}

/** Compiles the package as `npm run build` does, to a folder of its own from which its dependencies are found. */
export async function buildCli(): Promise<BuiltCli> {
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'koa-scopes-'))
  await promisify(execFile)('npx', ['tsc', '-p', 'src', '--outDir', folder], { cwd: root })
  return { program: [join(folder, 'cli/main.js')], remove: () => rm(folder, { recursive: true }) }
}
