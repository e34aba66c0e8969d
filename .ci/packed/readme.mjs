import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { inBareFolder, packed, root } from './folder.mjs'

/** Does what README says, with its files and its commands, in an empty folder. */
export const checkReadme = () =>
  inBareFolder('readme', async (folder) => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const done = []
    for (const title of ['In your Koa app', 'A whole application']) {
      const section = readme.split(/^## /m).find((part) => part.startsWith(`${title}\n`))
      assert.ok(section, `README has no section "${title}"`)
      const port = await freePort()
      for (const file of filesIn(section)) save(folder, file, port)
      for (const command of commandsIn(section)) {
        await carryOut(folder, command, port)
        done.push(command)
      }
    }
    const missing = Object.keys(programs).filter((command) => !done.includes(command))
    assert.deepEqual(missing, [], 'README no longer has commands that are checked here')
    agreesWithEditors(folder)
  })

/** The commands that are more than run to their end. */
const programs = {
  'node --import tsx app.ts': keepsCart,
  'npx koa-scopes start': keepsLogin,
  'npx koa-scopes sessions list': listsVisitor,
}

/** The blocks that begin with the name of a file. */
function filesIn(section) {
  const blocks = section.matchAll(/^```(?:ts|yaml)\n((?:\/\/ file: |# )(\S+)\n.*?)^```$/gms)
  return [...blocks].map(([, content, name]) => ({ name, content }))
}

function commandsIn(section) {
  const scripts = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script]) => script)
  const lines = scripts.join('').split('\n')
  return lines.map((line) => line.replace(/\s+# .*/, '')).filter((line) => line !== '')
}

/** As it is in README, except for the port, which another program may have here. */
function save(folder, { name, content }, port) {
  const isConfiguration = name === 'app.config.yaml'
  const atPort = isConfiguration ? `server: { port: ${port} }\n${content}` : content.replace('(3000)', `(${port})`)
  writeFileSync(folder.file(name), atPort)
}

async function carryOut(folder, command, port) {
  const program = programs[command]
  if (program) return program(folder, command, `http://127.0.0.1:${port}/`)
  const isInstallation = /\bnpm install\b/.test(command)
  folder.run('sh', '-c', isInstallation ? command.replace(/ koa-scopes\b/, ` ${packed()}`) : command)
}

async function keepsCart(folder, command, url) {
  const visitor = new Visitor(url)
  await whileRuns(folder, command, url, async () => assert.deepEqual(await visitor.get('?add=tea'), ['tea']))
  await whileRuns(folder, command, url, async () => {
    assert.deepEqual(await visitor.get('?add=milk'), ['tea', 'milk'])
    assert.deepEqual(await new Visitor(url).get(), [])
  })
}

async function keepsLogin(folder, command, url) {
  const [anna, other] = [new Visitor(url), new Visitor(url)]
  const first = await whileRuns(folder, command, url, async () => {
    assert.deepEqual(await anna.get('?add=tea'), { user: null, cart: ['tea'], visits: 1 })
    assert.deepEqual(await anna.get('login'), { user: 'anna', cart: ['tea'], visits: 2 })
    await other.get('login')
  })
  const second = await whileRuns(folder, command, url, async () => {
    assert.deepEqual(await anna.get(), { user: 'anna', cart: ['tea'], visits: 3 })
    assert.deepEqual(await other.get('logout'), { user: null, cart: [], visits: 2 })
  })
  for (const output of [first, second]) assert.match(output, /: stopping; another signal/)
}

function listsVisitor(folder, command) {
  assert.match(folder.run('sh', '-c', command), /\banna\b/)
}

/** Starts a program of README, and stops it as a process manager does. Resolves with what it printed, once what npx started has ended too. */
async function whileRuns(folder, command, url, use) {
  const [program, ...args] = command.split(' ')
  const child = spawn(program, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] })
  const output = text(child.stdout)
  const ended = output.then((printed) => assert.fail(`${command} has ended before it was stopped: ${printed}`))
  ended.catch(() => {}) // after it was stopped
  try {
    await Promise.race([answers(url), ended])
    await use()
  } finally {
    child.kill('SIGTERM')
  }
  return output
}

async function answers(url) {
  for (const end = Date.now() + 30_000; ; ) {
    try {
      return await fetch(url)
    } catch (error) {
      if (Date.now() > end) throw error
      await wait(50)
    }
  }
}

/** A browser, as far as cookies go. */
class Visitor {
  #cookies = new Map()
  #url

  constructor(url) {
    this.#url = url
  }

  async get(path = '') {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(this.#url + path, { headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      this.#cookies.set(name, value)
    }
    return response.json()
  }
}

/** Editors bring their own compiler, which is older than the newest. They use the same tsconfig.json. */
function agreesWithEditors(folder) {
  folder.run('npm', 'install', '--no-save', '--no-audit', '--no-fund', 'editor@npm:typescript@5.9')
  folder.run('node', 'node_modules/editor/bin/tsc', '--noEmit')
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
