import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkBundles } from './bundles.mjs'
import { inEmptyFolder, printed, root } from './folder.mjs'

/** What docs/module-systems.md says. */
export const checkModules = () =>
  inEmptyFolder('modules', async (folder) => {
    folder.copy('.ci/packed/modules')
    installPrograms(folder)
    folder.install('koa', 'ioredis', 'pg', 'tsx', 'jest', 'esbuild', 'webpack', 'webpack-cli', ...types)
    runsByImportAndRequire(folder)
    compilesInCommonJs(folder)
    runsThroughTsx(folder)
    runsInJest(folder)
    await checkBundles(folder)
  })

const types = ['@types/koa', '@types/node']
const memory = { CACHE: '{ "driver": "memory" }', LOG_LEVEL: 'silent' }

/** `program.mjs`, which prints the answers to two visits, and the same with `require`. */
export function installPrograms(folder) {
  folder.copy('test/processes/bundled-application.js', 'program.mjs')
  const text = readFileSync(folder.file('program.mjs'), 'utf8')
  writeFileSync(folder.file('program.cjs'), text.replace(/^import (\{.*\}) from ('.*')$/m, 'const $1 = require($2)'))
}

/** On this version of Node, without a warning. */
export function runsByImportAndRequire(folder, node = process.execPath) {
  for (const program of ['program.mjs', 'program.cjs'])
    assert.deepEqual(printed(folder, memory, node, program), { stdout: 'visit 1 visit 2\n', stderr: '', status: 0 })
}

function compilesInCommonJs(folder) {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--types', 'node', '--target', 'es2023', '--module']
  const problems = (module) =>
    printed(folder, {}, process.execPath, compiler, ...options, module, 'required.cts', 'imported.cts').stdout
  assert.equal(problems('node20'), '')
  assert.equal(problems('nodenext'), '')
  const files = problems('node16').matchAll(/^(\S+)\(.*error (\w+)/gm)
  assert.deepEqual(
    new Set([...files].map(([, file, code]) => `${file} ${code}`)),
    new Set(['required.cts TS1479', 'required.cts TS1471']),
  )
}

function runsThroughTsx(folder) {
  folder.copy('test/processes/bundled-application.js', 'program.ts')
  for (const type of ['commonjs', 'module']) {
    folder.run('npm', 'pkg', 'set', `type=${type}`)
    assert.equal(printed(folder, memory, folder.program('tsx'), 'program.ts').stdout, 'visit 1 visit 2\n')
  }
}

function runsInJest(folder) {
  const options = { NODE_OPTIONS: '--experimental-vm-modules' }
  const { status, stderr } = printed(folder, options, folder.program('jest'), '--testMatch', '**/visits.test.mjs')
  assert.equal(status, 0, stderr)
}
