import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { checkBundles } from './bundles.mjs'
import { inEmptyFolder, printed } from './folder.mjs'

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

const types = ['typescript@5.9', '@types/koa', '@types/node']
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
  const tsc = (module, file) =>
    printed(folder, {}, 'npx', 'tsc', '--noEmit', '--strict', '--target', 'es2023', '--module', module, file)
  for (const module of ['node20', 'nodenext']) assert.deepEqual(tsc(module, 'required.cts').stdout, '')
  for (const module of ['node16', 'node20', 'nodenext']) assert.deepEqual(tsc(module, 'imported.cts').stdout, '')
  assert.match(tsc('node16', 'required.cts').stdout, /TS1479/)
}

function runsThroughTsx(folder) {
  folder.copy('test/processes/bundled-application.js', 'program.ts')
  for (const type of ['commonjs', 'module']) {
    folder.run('npm', 'pkg', 'set', `type=${type}`)
    assert.equal(printed(folder, memory, 'npx', 'tsx', 'program.ts').stdout, 'visit 1 visit 2\n')
  }
}

function runsInJest(folder) {
  const options = { NODE_OPTIONS: '--experimental-vm-modules' }
  const { status, stderr } = printed(folder, options, 'npx', 'jest', '--testMatch', '**/visits.test.mjs')
  assert.equal(status, 0, stderr)
}
