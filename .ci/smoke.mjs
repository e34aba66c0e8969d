// Packs the package, installs it in an empty folder as its users do, and uses it there: types, command line, restart.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'koa-scopes-smoke-'))
const command = join(folder, 'node_modules/.bin/koa-scopes')
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: 'inherit' })

try {
  install()
  shipsScripts()
  refusesTypeScriptWithoutLoader()
  run('npm', 'install', 'tsx')
  run('npx', 'koa-scopes', 'check')
  typesInEveryResolution()
  run('npx', 'tsx', 'program.ts')
  // `npm init` makes packages of the older kind.
  for (const type of ['module', 'commonjs']) {
    run('npm', 'pkg', 'set', `type=${type}`)
    await servesFromCommandLine()
  }
  console.log('smoke: the packed package works')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function install() {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'inherit' })
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  cpSync(join(root, '.ci/smoke'), folder, { recursive: true })
  cpSync(join(root, 'test/types'), join(folder, 'types'), { recursive: true })
  run('npm', 'init', '-y')
  run('npm', 'pkg', 'set', 'type=module')
  run('npm', 'install', `./${tarball}`, 'koa', 'typescript@5.9', '@types/koa', '@types/node', '@koa/router', 'koa-body')
}

/** The build puts them into the code. */
function shipsScripts() {
  const installed = join(folder, 'node_modules/koa-scopes')
  const scripts = readdirSync(join(installed, 'src'), { recursive: true }).filter((file) => file.endsWith('.lua'))
  const code = readFileSync(join(installed, 'dist/drivers/redis/lua.js'), 'utf8')
  const isShipped = (file) => code.includes(JSON.stringify(readFileSync(join(installed, 'src', file), 'utf8')))
  assert.notEqual(scripts.length, 0)
  assert.deepEqual(
    scripts.filter((file) => !isShipped(file)),
    [],
  )
}

function refusesTypeScriptWithoutLoader() {
  const { status, stderr } = spawnSync(command, ['start'], { cwd: folder, encoding: 'utf8' })
  assert.match(stderr, /TypeScript, but tsx, which loads it, is not installed/)
  assert.equal(status, 1)
}

function typesInEveryResolution() {
  run('npx', 'tsc', '-p', 'tsconfig.json')
  run('npx', 'tsc', '-p', 'tsconfig.bundler.json')
}

async function servesFromCommandLine() {
  const child = spawn(command, ['start'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const { adminUrl, url } = await urlsIn(child.stdout)
    await showsAdminPage(adminUrl)
    const first = await fetch(url)
    assert.deepEqual(await first.json(), { visits: 1 })
    const cookie = first.headers.get('set-cookie').split(';')[0]
    const second = await fetch(url, { headers: { cookie } })
    assert.deepEqual(await second.json(), { visits: 2 })
  } finally {
    child.kill('SIGTERM')
  }
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
}

async function showsAdminPage(adminUrl) {
  const { origin } = new URL(adminUrl)
  const first = await fetch(adminUrl, { redirect: 'manual' })
  const cookie = first.headers.get('set-cookie').split(';')[0]
  const page = await fetch(origin, { headers: { cookie, accept: 'text/html' } })
  assert.match(await page.text(), /<h1>Overview<\/h1>/)
  for (const name of ['admin.css', 'admin.js', 'uplot.js']) {
    const { status } = await fetch(`${origin}/assets/${name}`)
    assert.equal(status, 200)
  }
}

async function urlsIn(stdout) {
  let text = ''
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += chunk
    const found = /serves .* at (\S+)\n.* admin page at (\S+)\n/.exec(text)
    if (found) return { url: found[1], adminUrl: found[2] }
  }
  throw new Error(`koa-scopes start has ended: ${text}`)
}
