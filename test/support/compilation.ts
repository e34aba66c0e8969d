import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const drivers = 'src/drivers'

/**
 * Vitest's global setup for tests with processes of their own: compiles all there is, once, to a folder from which the
 * dependencies are found, and names it to programAt(). What does not compile is told by `npm run check`.
 */
export default async function compileForAll(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'koa-scopes-'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await compileTo(folder)
  project.onTestsRerun(() => compileTo(folder))
  process.env.KOA_SCOPES_COMPILED = folder
  return () => rm(folder, { recursive: true })
}

async function compileTo(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [compiler, '--noEmit', 'false', '--noCheck', '--outDir', folder], {
    cwd: root,
  })
  // The scripts and queries, which are read from files beside the code.
  await cp(join(root, drivers), join(folder, drivers), { recursive: true, filter: (path) => !path.endsWith('.ts') })
}
