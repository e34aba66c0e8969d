import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tsImport } from 'tsx/esm/api'
import { Folder, printed } from './folder.mjs'

/** Bundles in both formats, by esbuild and webpack, that run in a folder where no package can be found. */
export async function checkBundles(folder) {
  mkdirSync(folder.file('esbuild'))
  mkdirSync(folder.file('webpack'))
  for (const format of ['esm', 'cjs']) {
    for (const program of ['program.mjs', 'program.cjs']) bundleByEsbuild(folder, program, format)
    const env = ['--env', 'entry=program.mjs', '--env', `format=${format}`]
    folder.run(folder.program('webpack'), '--fail-on-warnings', ...env)
  }
  const elsewhere = new Folder(mkdtempSync(join(tmpdir(), 'koa-scopes-bundles-')))
  try {
    for (const bundler of ['esbuild', 'webpack']) cpSync(folder.file(bundler), elsewhere.path, { recursive: true })
    await runBundles(elsewhere, folder.file('node_modules'))
  } finally {
    rmSync(elsewhere.path, { recursive: true })
  }
}

/** As docs/module-systems.md has it. */
function bundleByEsbuild(folder, program, format) {
  const options = ['--bundle', '--platform=node', '--external:lmdb', '--external:libsql', '--external:tsx']
  const banner =
    "--banner:js=import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"
  const forFormat =
    format === 'esm'
      ? ['--format=esm', banner, `--outfile=esbuild/esbuild-${program}.mjs`]
      : ['--format=cjs', `--outfile=esbuild/esbuild-${program}.cjs`]
  const { status, stderr } = printed(
    folder,
    {},
    folder.program('esbuild'),
    program,
    ...options,
    ...forFormat,
    '--log-level=warning',
  )
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' })
}

async function runBundles(folder, packages) {
  const bundles = readdirSync(folder.path).filter((file) => /program\.[cm]js\.[cm]js$/.test(file))
  assert.equal(bundles.length, 6)
  const run = (bundle, cache) =>
    printed(folder, { CACHE: JSON.stringify(cache), LOG_LEVEL: 'silent' }, process.execPath, bundle)
  const works = (bundle, cache) =>
    assert.deepEqual(run(bundle, cache), { stdout: 'visit 1 visit 2\n', stderr: '', status: 0 })
  const refuses = (bundle, cache, name) =>
    assert.match(
      run(bundle, cache).stderr,
      new RegExp(`the package ${name}, .* cannot be loaded: .*Run: npm install ${name}`),
    )
  const { anyRedis } = await tsImport('../../test/support/redis-server.ts', import.meta.url)
  const { anyPostgres } = await tsImport('../../test/support/postgres-server.ts', import.meta.url)
  const [redis, postgres] = await Promise.all([anyRedis(), anyPostgres()])
  try {
    for (const bundle of bundles) {
      const prefix = bundle.replace(/\W/g, '_')
      works(bundle, { driver: 'memory' })
      works(bundle, { driver: 'redis', url: redis.url, prefix: `${prefix}:` })
      works(bundle, { driver: 'postgres', url: postgres.url, prefix: `${prefix}_` })
      refuses(bundle, { driver: 'mariadb', url: 'mariadb://127.0.0.1:1/shop' }, 'mariadb')
      refuses(bundle, { driver: 'lmdb', path: './data' }, 'lmdb')
    }
    symlinkSync(packages, folder.file('node_modules'))
    for (const bundle of bundles) works(bundle, { driver: 'lmdb', path: './data' })
  } finally {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
