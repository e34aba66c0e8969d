import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inEmptyFolder } from './folder.mjs'

/** Types, command line, restart. */
export const checkSmoke = () =>
  inEmptyFolder('smoke', async (folder) => {
    folder.copy('.ci/packed/smoke')
    folder.copy('test/types', 'types')
    folder.install('koa', 'typescript@5.9', '@types/koa', '@types/node', '@koa/router', 'koa-body')
    shipsScripts(folder)
    refusesTypeScriptWithoutLoader(folder)
    folder.run('npm', 'install', 'tsx')
    folder.run('npx', 'koa-scopes', 'check')
    typesInEveryResolution(folder)
    folder.run('npx', 'tsx', 'program.ts')
    // `npm init` makes packages of the older kind.
    for (const type of ['module', 'commonjs']) {
      folder.run('npm', 'pkg', 'set', `type=${type}`)
      await servesFromCommandLine(folder)
    }
  })

/** The build puts them into the code. */
function shipsScripts(folder) {
  const installed = folder.file('node_modules/koa-scopes')
  const scripts = readdirSync(join(installed, 'src'), { recursive: true }).filter((file) => file.endsWith('.lua'))
  const code = readFileSync(join(installed, 'dist/drivers/redis/lua.js'), 'utf8')
  const isShipped = (file) => code.includes(JSON.stringify(readFileSync(join(installed, 'src', file), 'utf8')))
  assert.notEqual(scripts.length, 0)
  assert.deepEqual(
    scripts.filter((file) => !isShipped(file)),
    [],
  )
}

export const commandIn = (folder) => folder.file('node_modules/.bin/koa-scopes')

function refusesTypeScriptWithoutLoader(folder) {
  const { status, stderr } = spawnSync(commandIn(folder), ['start'], { cwd: folder.path, encoding: 'utf8' })
  assert.match(stderr, /TypeScript, but tsx, which loads it, is not installed/)
  assert.equal(status, 1)
}

function typesInEveryResolution(folder) {
  folder.run('npx', 'tsc', '-p', 'tsconfig.json')
  folder.run('npx', 'tsc', '-p', 'tsconfig.bundler.json')
}

/** On this version of Node. */
export async function servesFromCommandLine(folder, node = process.execPath) {
  const child = spawn(node, [commandIn(folder), 'start'], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] })
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
