import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { exitOf, runCli, spawnCli } from '../support/cli.js'
import { callCli } from '../support/cli-in-turn.js'
import { withFolder } from '../support/container.js'
import { startServer } from '../support/server-process.js'
import { serve } from '../support/visitor.js'

const module = `export default {
  setup(app) {
    app.use(async (ctx) => {
      ctx.body = 'hello'
      if (ctx.path !== '/endless') return
      console.log('an endless request is running')
      await new Promise(() => {})
    })
  },
}`

const config = `server: { port: "\${PORT:-0}" }
caches: { disk: { driver: lmdb, path: ./data, storage: true } }
applications:
  shop: { module: ./shop.js, session: { storage: disk, cluster: true, timeout: 30m, lifetime: 12h } }
`

/** A folder with an application and this configuration. */
const withConfig = (text: string, use: (folder: string, file: string) => Promise<void>) =>
  withFolder(async (folder) => {
    const file = join(folder, 'app.config.yaml')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'shop.js'), module)
    await writeFile(file, text)
    await use(folder, file)
  })

const mistaken = `server: { port: http }
caches:
  disk: { driver: lmdb, path: ./data }
applications:
  shop:
    module: ./shop.js
    sesion: { storage: disk }
    client: { storage: dsik, timeout: 90 }
`

const mistakes = [
  '1:17  server.port: "http" is not a number. ',
  '7:5  applications.shop.sesion: This key is not known here. Did you mean session? ',
  '8:24  applications.shop.client.storage: There is no cache "dsik". Did you mean disk? ',
  '8:39  applications.shop.client.timeout: 90 has no unit. ',
]

describe('koa-scopes check', () => {
  it('prints what would run, and opens nothing', () =>
    withConfig(config, async (folder, file) => {
      const { code, stdout, stderr } = await runCli(['check'], { cwd: folder, env: { PORT: '8081' } })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('app.config.yaml is valid.')
      expect(stdout).toContain('http://127.0.0.1:8081')
      expect(stdout).toMatch(/disk +lmdb: may hold scopes, shared on this host, survives a restart/)
      expect(stdout).toMatch(
        /session +disk, cluster: .+, timeout 30m, lifetime 12h, cookie shop_sid, remembered for 30d, lifetime never/,
      )
      await expect(readFile(join(folder, 'data/data.mdb'))).rejects.toThrow('ENOENT')
      expect((await callCli(['check', file])).code).toBe(0)
    }))

  it('says how many keys seal a cache, and shows none', () =>
    withConfig(
      `caches: { disk: { driver: lmdb, path: ./data, storage: true, encrypt: { keys: ["\${NEW}", "\${OLD}"], plain: read } } }
applications:
  shop: { session: { storage: disk } }
`,
      async (folder) => {
        const env = { NEW: randomBytes(32).toString('hex'), OLD: randomBytes(32).toString('hex') }
        const { code, stdout, stderr } = await runCli(['check'], { cwd: folder, env })
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        expect(stdout).toMatch(/disk +lmdb: .+, sealed at rest, 2 keys, plain values are read\n/)
        expect(stdout).not.toContain(env.NEW)
      },
    ))

  it('42. lists everything that is wrong with file, line and column, and exits with 1', () =>
    withConfig(mistaken, async (_, file) => {
      const { code, stdout, stderr } = await callCli(['check', file])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      const lines = stderr.trimEnd().split('\n')
      expect(lines).toHaveLength(2 + mistakes.length)
      expect(lines[0]).toBe(`${file} has ${mistakes.length} problems:`)
      for (const [index, mistake] of mistakes.entries()) expect(lines[index + 1]).toContain(`  ${file}:${mistake}`)
      expect(lines.at(-1)).toMatch(/^ ?Nothing was started\.$/)
    }))

  it('64. takes a file whose applications are given in code, says so, and checks the rest', () =>
    withConfig(
      `caches: { disk: { driver: lmdb, path: ./data, storage: true } }
applications:
  shop: { session: { storage: disk, limit: { perPrincipal: 3 } } }
  blog: { module: ./shop.js, mount: /blog }
`,
      async (folder, file) => {
        const { code, stdout, stderr } = await callCli(['check', file])
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        expect(stdout).toMatch(/shop +any host, \/, given in code/)
        expect(stdout).toContain(
          'Without module, so their definitions are in a program of your own, and koa-scopes start does not serve them: shop',
        )
        expect(stdout).toMatch(
          /session +disk, cluster: false, .+, backup response, .+ limit 3 per principal, then endOldest/,
        )
        await writeFile(file, 'applications: { shop: { mount: shop } }')
        const wrong = await callCli(['check', file])
        expect(wrong.code).toBe(1)
        expect(wrong.stderr).toContain('1:32  applications.shop.mount: "shop" is not accepted')
        expect(wrong.stderr).not.toContain('module')
        expect((await runCli(['start'], { cwd: folder })).stderr).toContain('applications.shop.mount')
      },
    ))

  it('names a file that is not there', async () => {
    const { code, stderr } = await callCli(['check', '/nowhere/app.config.yaml'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The configuration \/nowhere\/app\.config\.yaml cannot be read: .+\n$/)
  })
})

describe('koa-scopes schema --sql', () => {
  it('prints the statements that create the tables', async () => {
    for (const [driver, begin] of [
      ['postgres', /^create schema if not exists "scopes";/],
      ['mariadb', /^create table if not exists `scopes_meta`/],
      ['sqlite', /^pragma journal_mode = wal;/],
    ] as const) {
      const { code, stdout, stderr } = await callCli(['schema', '--sql', driver])
      const lines = stdout.split('\n')
      expect({ code, stderr, title: lines[0] }).toEqual({ code: 0, stderr: '', title: '-- With the default options.' })
      expect(lines[1]).toMatch(begin)
      expect(stdout).toMatch(/create table .*records/)
    }
  })

  it('takes the options of the cache in a file', () =>
    withConfig('caches: { shared: { driver: postgres, schema: shop, storage: true } }', async (_, file) => {
      const { code, stdout } = await callCli(['schema', '--sql', 'postgres', file])
      expect({ code, begin: stdout.split('\n').slice(0, 2) }).toEqual({
        code: 0,
        begin: [`-- For the cache shared of ${file}.`, 'create schema if not exists "shop";'],
      })
      const inFolder = await callCli(['schema', '--sql', 'postgres'], { cwd: dirname(file) })
      expect(inFolder.stdout).toBe(stdout.replace(file, 'app.config.yaml'))
      const missing = await callCli(['schema', '--sql', 'mariadb', file])
      expect(missing).toMatchObject({ code: 2, stderr: `${file} has no cache with the driver mariadb.\n` })
    }))

  it('refuses a driver without tables, and other commands', async () => {
    expect(await callCli(['schema', '--sql', 'redis'])).toMatchObject({
      code: 2,
      stderr: '--sql takes sqlite, postgres, mariadb, mysql.\n',
    })
    expect((await callCli(['check', '--sql', 'postgres'])).code).toBe(2)
  })
})

describe('koa-scopes start', () => {
  it('42. tells of every mistake and starts nothing', () =>
    withConfig(mistaken, async (_, file) => {
      const { code, stdout, stderr } = await runCli(['start', file])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      for (const mistake of mistakes) expect(stderr).toContain(`${file}:${mistake}`)
    }))

  it('refuses an unknown LOG_LEVEL in one sentence, and starts nothing', () =>
    withConfig(config, async (folder, file) => {
      const { code, stderr } = await runCli(['start', file], { env: { LOG_LEVEL: 'verbose' } })
      const sentence =
        'The environment variable LOG_LEVEL is "verbose", which is no level. Set it to one of: trace, debug, info, warn, error, fatal, silent.'
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${sentence}\n` })
      expect(await readdir(folder)).not.toContain('data')
    }))

  it('prints the address of the admin page too, with the token that it made up, which no other line has', () =>
    withConfig(`admin: { port: 0, token: "\${ADMIN_TOKEN:-}" }\n${config}`, async (_, file) => {
      const server = await startServer(file)
      const address = await server.rest('koa-scopes shows its admin page at ')
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
      const { headers, status } = await fetch(address, { redirect: 'manual' })
      expect([status, headers.get('location')]).toEqual([303, '/'])
      server.signal('SIGTERM')
      expect(await server.exit()).toBe(0)
      const given = await startServer(file, { env: { ADMIN_TOKEN: 'of 23 characters it is.' } })
      expect(await given.rest('koa-scopes shows its admin page at ')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      await given.kill()
      const checked = await runCli(['check', file], { env: { ADMIN_TOKEN: 'of 23 characters it is.' } })
      expect(checked.stdout).toMatch(/^admin +http:\/\/127\.0\.0\.1:0, with the token that is configured$/m)
      expect(checked.stdout).not.toContain('of 23')
    }))

  it('says in one sentence that the port of the admin page is taken, and exits with 1', () =>
    withConfig(`admin: { port: "\${ADMIN_PORT}" }\n${config}`, async (_, file) => {
      const { url, close } = await serve((_request, response) => response.end())
      const { port } = new URL(url)
      const { code, stderr } = await runCli(['start', file], { env: { ADMIN_PORT: port } })
      await close()
      const sentence = `Port ${port} on 127.0.0.1 is in use by another program. Stop that program or set another admin.port.`
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${sentence}\n` })
    }))

  it('says in one sentence that the port is taken, and exits with 1', () =>
    withConfig(config, async (_, file) => {
      const { url, close } = await serve((_request, response) => response.end())
      const { port } = new URL(url)
      const { code, stderr } = await runCli(['start', file], { env: { PORT: port } })
      await close()
      const sentence = `Port ${port} on 127.0.0.1 is in use by another program. Stop that program or set another server.port.`
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${sentence}\n` })
    }))

  it('says in one sentence that the LMDB file is damaged, leaves it as it is, and exits with 1', () =>
    withConfig(config, async (folder, file) => {
      const damaged = randomBytes(20_000)
      await mkdir(join(folder, 'data'))
      await writeFile(join(folder, 'data/data.mdb'), damaged)
      const { code, stderr } = await runCli(['start', file])
      expect(code).toBe(1)
      expect(stderr).toMatch(/^The cache disk cannot be read: .+ The store was not changed\. .+\n$/)
      expect((await readFile(join(folder, 'data/data.mdb'))).equals(damaged)).toBe(true)
    }))

  it('says in one sentence what is wrong with a module, and exits with 1', () =>
    withConfig(config, async (folder, file) => {
      await writeFile(join(folder, 'shop.js'), 'export default { onSesionEnd() {} }')
      const { code, stderr } = await runCli(['start', file])
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /^The application module .+shop\.js cannot be used: there is no event handler "onSesionEnd"/,
      )
    }))

  it('stops at SIGTERM, and at once when it comes again', () =>
    withConfig(config, async (_, file) => {
      const server = await startServer(file)
      const endless = fetch(`${server.url}/endless`).catch(() => 'cut off')
      await server.says('an endless request is running')
      server.signal('SIGTERM')
      await server.says('SIGTERM: stopping; another signal stops at once')
      server.signal('SIGTERM')
      expect(await server.exit()).toBe(1)
      expect(await endless).toBe('cut off')
    }))

  it('stops at SIGINT with 0, and leaves a store that opens', () =>
    withConfig(config, async (folder, file) => {
      const server = await startServer(file)
      expect(await (await fetch(server.url)).text()).toBe('hello')
      server.signal('SIGINT')
      expect(await server.exit()).toBe(0)
      const caches = { disk: { driver: 'lmdb', path: join(folder, 'data') } }
      await (await createContainer({ caches, applications: {} }, { logger: silentLogger })).close()
    }))
})

describe('koa-scopes', () => {
  it('schema prints a JSON Schema', async () => {
    const { code, stdout, stderr } = await callCli(['schema'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile('docs/app.config.schema.json', 'utf8')))
  })

  it.each([
    [['schema'], 0],
    [['--help'], 0],
    [['check', '/nowhere.yaml'], 1],
    [['strat'], 2],
  ])('%j ends quietly when nothing reads what it prints', async (args, code) => {
    const child = spawnCli(args)
    child.stdout.destroy()
    if (code !== 0) child.stderr.destroy()
    const said = code === 0 ? await textOf(child.stderr) : ''
    expect({ code: await exitOf(child), said }).toEqual({ code, said: '' })
  })

  it.each(['--help', '-h'])('%s prints the commands', async (option) => {
    const { code, stdout, stderr } = await callCli([option])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of ['start', 'check', 'schema']) expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'))
  })

  it.each([
    ['no command', []],
    ['an unknown command', ['strat']],
    ["a command of every object's prototype", ['toString']],
    ['too many files', ['check', 'a.yaml', 'b.yaml']],
    ['an unknown option', ['start', '--port', '80']],
  ])('given %s writes to standard error alone and exits with 2', async (_, args) => {
    const { code, stdout, stderr } = await callCli(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
