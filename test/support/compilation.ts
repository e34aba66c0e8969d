import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const source = join(root, 'src')
/** What drivers and the admin page read beside their code. */
const isText = (file: string) => /\.(lua|sql|css|js|svg)$/.test(file)

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
  const texts = (await readdir(source, { recursive: true })).filter(isText)
  await Promise.all(texts.map((file) => cp(join(source, file), join(folder, 'src', file))))
}
