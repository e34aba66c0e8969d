import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anyRedis } from '../support/redis-server.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const program = fileURLToPath(new URL('bundled-application.js', import.meta.url))

/** What docs/module-systems.md says that a bundle needs. */
const formats = {
  'an ES module': {
    file: 'program.mjs',
    options: [
      '--format=esm',
      "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    ],
  },
  CommonJS: { file: 'program.cjs', options: ['--format=cjs'] },
}

/** The package as it is published. */
const built = join(root, 'node_modules/.cache', `bundle-${process.pid}`)

beforeAll(() => run(process.execPath, [join(root, '.ci/build.mjs'), built]).then(() => {}))
afterAll(() => rm(built, { recursive: true }))

test('96. the package reads no file at its own URL, except for the version that the command line prints', async () => {
  const files = (await readdir(built, { recursive: true })).filter((file) => file.endsWith('.js'))
  const texts = await Promise.all(files.map((file) => readFile(join(built, file), 'utf8')))
  expect(files.filter((_, at) => texts[at]?.includes('import.meta'))).toEqual(['cli/version.js'])
})

describe.for(Object.keys(formats) as (keyof typeof formats)[])('a program that esbuild bundled as %s', (name) => {
  const { file, options } = formats[name]
  let folder = ''

  beforeAll(async () => {
    // Outside of the project, where no package can be found.
    folder = await mkdtemp(join(tmpdir(), 'koa-scopes-bundle-'))
    const alias = `--alias:koa-scopes=${join(built, 'index.js')}`
    const common = [
      '--bundle',
      '--platform=node',
      '--external:lmdb',
      '--external:libsql',
      '--external:tsx',
      '--log-level=warning',
      alias,
    ]
    const esbuild = join(root, 'node_modules/esbuild/bin/esbuild')
    await run(esbuild, [program, ...common, ...options, `--outfile=${join(folder, file)}`])
  })

  afterAll(() => rm(folder, { recursive: true }))

  async function printed(cache: object): Promise<string> {
    const { stdout } = await run(process.execPath, [join(folder, file)], {
      cwd: folder,
      env: { ...process.env, CACHE: JSON.stringify(cache), LOG_LEVEL: 'silent' },
    })
    return stdout
  }

  test('96. runs with the driver memory', async () => {
    expect(await printed({ driver: 'memory' })).toBe('visit 1 visit 2\n')
  })

  test('96. runs with the driver redis', async () => {
    const { url, stop } = await anyRedis()
    expect(await printed({ driver: 'redis', url, prefix: `bundle-${process.pid}-${file}:` })).toBe('visit 1 visit 2\n')
    await stop()
  })

  test('96. needs lmdb beside it for the driver lmdb', async () => {
    const cache = { driver: 'lmdb', path: './data' }
    await expect(printed(cache)).rejects.toThrow(
      /the package lmdb, the client for LMDB, cannot be loaded: .*Run: npm install lmdb/,
    )
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    expect(await printed(cache)).toBe('visit 1 visit 2\n')
  })
})
