import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { lmdb } from '../../../src/drivers/lmdb/index.js'
import { sqlite } from '../../../src/drivers/sqlite/index.js'
import { exitOf, spawnCli } from '../../support/cli.js'
import { callCli } from '../../support/cli-in-turn.js'
import { operatedSite, writeSite } from '../../support/operated-site.js'

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const idsIn = (stdout: string): string[] => JSON.parse(stdout).items.map(({ id }: { id: string }) => id)

type Store = readonly [name: 'lmdb' | 'sqlite', options: { readonly driver: string; readonly path: string }]

const onSqlite: Store = ['sqlite', { driver: 'sqlite', path: './data/scopes.db' }]
const stores: readonly Store[] = [['lmdb', { driver: 'lmdb', path: './data' }], onSqlite]

describe.each(stores)('koa-scopes sessions, on %s beside a node', (_, store) => {
  it.each([true, false])('lists, counts and shows what the node has stored, cluster: %s', async (cluster) => {
    const site = await operatedSite(await freshFolder(), store, { session: { cluster } })
    const ada = await site.visitor('name=Ada&count=2', 'ada')
    const bob = await site.visitor('name=Bob', 'bob')
    await ada.visitor.get(site.url, '/deep')

    const listed = await site.cli('sessions', 'list', '--json')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(listed.stdout)).toMatchObject({
      application: 'shop',
      scope: 'session',
      cursor: null,
      isMore: false,
    })
    expect(idsIn(listed.stdout).sort()).toEqual([ada.id, bob.id].sort())

    const table = (await site.cli('sessions', 'list', '--principal', 'ada')).stdout.trimEnd().split('\n')
    expect(table[0]).toMatch(/^ID +PRINCIPAL +CREATED +LAST VISIT +EXPIRES +HITS/)
    expect(table.slice(1)).toEqual([expect.stringMatching(new RegExp(`^${ada.id}  ada `))])
    expect(idsIn((await site.cli('sessions', 'list', '--json', '--id-prefix', bob.id.slice(0, 8))).stdout)).toEqual([
      bob.id,
    ])

    expect(await site.cli('sessions', 'count')).toMatchObject({ code: 0, stdout: '2\n' })
    expect(JSON.parse((await site.cli('sessions', 'count', '--json')).stdout)).toEqual({
      application: 'shop',
      scope: 'session',
      count: 2,
      isExact: true,
    })

    const { stdout } = await site.cli('sessions', 'show', ada.id)
    expect(stdout).toContain(`id           ${ada.id}\nprincipal    ada\n`)
    for (const line of [
      '  name: "Ada"  (',
      '  deep: Object, 2 fields  (',
      '      1: Object, 1 field',
      '        at: Date 1970-01-01T00:00:00.000Z',
      '    map: Map, 1 entry',
      '      a: Set, 1 item',
      '        0: 1n',
    ])
      expect(stdout).toContain(`\n${line}`)
    const shown = JSON.parse((await site.cli('sessions', 'show', ada.id, '--json')).stdout)
    expect(shown.attributes).toContainEqual({ name: 'name', bytes: expect.any(Number), value: 'Ada' })
    const deep = shown.attributes.find(({ name }: { name: string }) => name === 'deep')
    expect(deep).toMatchObject({ value: { list: [1, { at: '1970-01-01T00:00:00.000Z' }] } })
    expect(deep.meta.values).toMatchObject({ 'list.1.at': ['Date'] })
    expect((await site.cli('sessions', 'show', ada.id, '--depth', '0')).stdout).toContain('deep: Object, 2 fields …')
  })

  it('ends a session: its visitor is logged out, and the node runs the end handler once', async () => {
    const site = await operatedSite(await freshFolder(), store)
    const ada = await site.visitor('name=Ada', 'ada')
    const phone = await site.visitor('name=Phone', 'ada')
    const bob = await site.visitor('name=Bob', 'bob')

    expect(await site.cli('sessions', 'end', ada.id)).toMatchObject({ code: 2, stdout: '' })
    expect(await site.cli('sessions', 'end', ada.id, '--principal', 'bob', '--yes')).toMatchObject({
      code: 1,
      stdout: '',
    })
    expect((await ada.visitor.get(site.url, '/read')).json()).toEqual({ name: 'Ada' })

    const ended = await site.cli('sessions', 'end', ada.id, '--yes', '--json')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(ended.stdout)).toEqual({ application: 'shop', scope: 'session', ended: 1 })
    expect((await ada.visitor.get(site.url, '/read')).json()).toEqual({})
    await vi.waitFor(() => expect(site.ended).toEqual([ada.id]), 5_000)

    expect(await site.cli('sessions', 'end', ada.id, '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no such live session of shop.\n',
    })
    const other = await site.visitor('name=Laptop', 'ada')
    const except = await site.cli('sessions', 'end', '--principal', 'ada', '--except', phone.id, '--yes')
    expect(except).toEqual({ code: 0, stdout: 'Ended 1 session of shop.\n', stderr: '' })
    await vi.waitFor(() => expect(site.ended).toEqual([ada.id, other.id]), 5_000)
    expect((await phone.visitor.get(site.url, '/read')).json()).toEqual({ name: 'Phone' })
    expect((await bob.visitor.get(site.url, '/read')).json()).toEqual({ name: 'Bob' })
  })

  it('ends all of them, as after a backup was restored, and another one if that is said', async () => {
    const site = await operatedSite(await freshFolder(), store)
    const phone = await site.visitor('name=Phone', 'ada')
    for (const name of ['Ada', 'Bob', 'Eve']) await site.visitor(`name=${name}`)
    const others = await site.cli('sessions', 'end', '--all', '--except', phone.id, '--yes')
    expect(others).toEqual({ code: 0, stdout: 'Ended 3 sessions of shop.\n', stderr: '' })
    expect((await phone.visitor.get(site.url, '/read')).json()).toEqual({ name: 'Phone' })
    expect((await site.cli('sessions', 'end', '--all', '--yes')).stdout).toBe('Ended 1 session of shop.\n')
    expect((await phone.visitor.get(site.url, '/read')).json()).toEqual({})
    await vi.waitFor(() => expect(site.ended).toHaveLength(4), 5_000)
    expect(await site.cli('sessions', 'end', '--all', '--yes')).toMatchObject({ code: 1, stdout: '' })
  })

  it('claims nothing that it ends: without a node the record waits for the next one', async () => {
    const folder = await freshFolder()
    const site = await operatedSite(folder, store)
    const { id } = await site.visitor('name=Ada', 'ada')
    await site.close()
    expect(await site.cli('sessions', 'end', id, '--yes')).toMatchObject({ code: 0 })
    expect(await site.cli('sessions', 'count')).toMatchObject({ stdout: '0\n' })
    expect(site.ended).toEqual([])
    const next = await operatedSite(folder, store)
    await vi.waitFor(() => expect(next.ended).toEqual([id]), 5_000)
  })

  it('shows a class that it does not know as bytes, with the reason', async () => {
    class Cart {
      readonly items = 2
    }
    const site = await operatedSite(await freshFolder(), store, { types: { classes: { Cart } } })
    const { id, visitor } = await site.visitor('name=Ada')
    await visitor.get(site.url, '/class')
    const { code, stdout } = await site.cli('sessions', 'show', id)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /\n {2}cart: cannot be decoded here, \d+ bytes: .*"Cart" is not registered.*\n {4}[0-9a-f]{8,}\n/,
    )
    const { attributes } = JSON.parse((await site.cli('sessions', 'show', id, '--json')).stdout)
    expect(attributes).toContainEqual({
      name: 'cart',
      bytes: expect.any(Number),
      encoded: expect.stringMatching(/^[0-9a-f]+$/),
      reason: expect.stringContaining('Cart'),
    })
  })

  it('creates nothing where no node has been', async () => {
    const folder = await freshFolder()
    await writeSite(folder, store)
    for (const command of [['list'], ['count'], ['show', 'x'], ['end', 'x', '--yes'], ['list', '--all', '--json']]) {
      const { code, stdout, stderr } = await callCli(['sessions', ...command], { cwd: folder })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(
        /^The cache store has nothing to show: .+ does not exist.* A node creates what is missing .+\n$/,
      )
    }
    expect(await readdir(folder)).toEqual(['app.config.yaml'])
  })
})

/** A site with many sessions, written past any node. */
async function siteWith(count: number, [name, store]: Store): Promise<string> {
  const folder = await freshFolder()
  await writeSite(folder, store)
  const definition = name === 'lmdb' ? lmdb : sqlite
  const options = definition.options.parse({ path: store.path })
  const driver = await definition.create(options as never, { cache: 'store', directory: folder, onEvicted: () => {} })
  await driver.open()
  await driver.prepare?.(['shop:session'])
  const space = driver.space('shop:session', { endGraceMs: 1_000 })
  const common = { mode: 'create', seal: 's', life: { idleMs: 3_600_000, endsAt: null } } as const
  const saves = Array.from({ length: count }, (_, n) =>
    space.save({ ...common, id: `id-${n}`, version: `v${n}`, principal: `user-${n % 50}` }, { now: Date.now() }),
  )
  await Promise.all(saves)
  await driver.close()
  return folder
}

const key = () => randomBytes(32).toString('base64')

describe('koa-scopes sessions list', () => {
  it.each(stores)('pages through 5,000 sessions on %s', async (...store) => {
    const cwd = await siteWith(5_000, store)
    const all = await callCli(['sessions', 'list', '--all', '--json'], { cwd })
    const ids = all.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id)
    expect(all).toMatchObject({ code: 0, stderr: '' })
    expect(new Set(ids).size).toBe(5_000)
    expect(ids).toHaveLength(5_000)

    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const from: string[] = cursor === '' ? [] : ['--cursor', cursor]
      const { stdout } = await callCli(['sessions', 'list', '--json', '--limit', '1000', ...from], { cwd })
      seen.push(...idsIn(stdout))
      cursor = JSON.parse(stdout).cursor
    }
    expect(seen.sort()).toEqual(ids.sort())

    const rows = (await callCli(['sessions', 'list', '--all', '--principal', 'user-7'], { cwd })).stdout
      .trimEnd()
      .split('\n')
    expect(rows).toHaveLength(1 + 100)
    const few = await callCli(['sessions', 'list', '--json', '--id-prefix', 'id-49', '--limit', '30'], { cwd })
    expect(JSON.parse(few.stdout)).toMatchObject({ cursor: null, isMore: true })
    expect(idsIn(few.stdout)).toHaveLength(30)
    const first = await callCli(['sessions', 'list', '--limit', '2'], { cwd })
    expect(first.stdout).toMatch(/\nThere may be more: --cursor \S+, or --all\n$/)
  })

  it('ends quietly when its reader has enough', async () => {
    const cwd = await siteWith(5_000, onSqlite)
    for (const args of [['--all'], ['--all', '--json']]) {
      const child = spawnCli(['sessions', 'list', ...args], { cwd })
      child.stdout.once('data', () => child.stdout.destroy())
      expect({ said: await textOf(child.stderr), code: await exitOf(child) }).toEqual({ said: '', code: 0 })
    }
  })

  it('shows what visitors send without letting it act on the terminal', async () => {
    const site = await operatedSite(await freshFolder(), onSqlite[1])
    const evil = 'eve\u001b[2J\u202e\u009b31m\n'
    const { id } = await site.visitor(`name=${encodeURIComponent(evil)}`, evil)
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['list', '--all', '--json'],
      ['show', id],
      ['show', id, '--json'],
    ]) {
      const { code, stdout } = await site.cli('sessions', ...args)
      expect(code).toBe(0)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    expect(JSON.parse((await site.cli('sessions', 'list', '--json')).stdout).items[0].principal).toBe(evil)
    expect((await site.cli('sessions', 'list')).stdout).toContain('eve\\u{1b}[2J\\u{202e}\\u{9b}31m\\u{a}')
  })
})

describe('koa-scopes sessions, on an encrypted store', () => {
  it('shows the values with the keys of the configuration, and bytes with others', async () => {
    const folder = await freshFolder()
    const site = await operatedSite(folder, { ...onSqlite[1], encrypt: { keys: [key()] } })
    const { id } = await site.visitor('name=Ada')
    expect((await site.cli('sessions', 'show', id)).stdout).toContain('\n  name: "Ada"  (')
    await writeSite(folder, { ...onSqlite[1], encrypt: { keys: [key()] } })
    const { code, stdout } = await site.cli('sessions', 'show', id)
    expect(code).toBe(0)
    expect(stdout).toMatch(/\n {2}name: cannot be decoded here, \d+ bytes: /)
    expect(stdout).not.toContain('Ada')
  })

  it('counts no values of its own in `caches`, which would look like those of the nodes', async () => {
    const site = await operatedSite(await freshFolder(), { ...onSqlite[1], encrypt: { keys: [key()], plain: 'read' } })
    await site.visitor('name=Ada')
    const { stdout } = await site.cli('caches')
    expect(stdout).toMatch(/sealingKeys +1\n/)
    expect(stdout).toContain('which each node counts in its own health()')
    expect(stdout).not.toMatch(/^ {2}(readPlain|openedByOldKeys|unopened)/m)
  })
})

describe('koa-scopes sessions, called wrongly', () => {
  const badInputs: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [['list', '--limit', '0'], 2, /--limit.*whole number from 1 to 1000/],
    [['list', '--limit', '1e3'], 2, /whole number/],
    [['list', '--cursor', 'nonsense'], 2, /^A cursor is what the page before gave/],
    [['list', '--principal', ''], 2, /--principal <name>' argument '' is invalid. It is empty/],
    [['list', '--application', 'toString'], 1, /^There is no application "toString"; known: shop/],
    [['list', 'a.yaml', '--config', 'b.yaml'], 2, /^Name one configuration: a.yaml, or b.yaml/],
    [['list', 'nowhere.yaml'], 1, /^The configuration nowhere.yaml cannot be read/],
    [['show'], 2, /missing required argument 'id'/],
    [['show', ''], 2, /'id'.*It is empty/],
    [['end', '', '--yes'], 2, /'id'.*It is empty/],
    [['show', 'x'.repeat(2_000)], 1, /^There is no live session x+ of shop\.\n$/],
    [['show', 'no-such-id'], 1, /^There is no live session no-such-id of shop\. If that is the start of/],
    [['show', '-ysAAAAAAAAAAAAAAAAAAA', '--json'], 1, /^There is no live session -ysA+ of shop\.\n$/],
    [['show', 'x\u001b[2J'], 1, /^There is no live session x\\u\{1b\}\[2J of shop\.\n$/],
    [['end'], 2, /^Name the id of a session, or a --principal, or --all\.\n$/],
    [['end', 'x', '--all', '--yes'], 2, /^--all ends all of them/],
    [['end', '--all', '--principal', 'ada', '--yes'], 2, /^--all ends all of them/],
    [['end', '--all'], 2, /^There is no terminal to ask at/],
    [['show', 'cBRM'], 1, /start of an id: koa-scopes sessions list --id-prefix cBRM\n$/],
    [['end', 'x', '--except', 'y', '--yes'], 2, /^--except belongs to --principal or --all/],
    [['end', '--principal', '', '--yes'], 2, /It is empty/],
    [['end', 'x'], 2, /^There is no terminal to ask at. Add --yes/],
    [['watch', '--interval', '0'], 2, /from 1 to 3600/],
    [['delete', 'x'], 2, /unknown command 'delete'/],
    [[], 2, /Usage: koa-scopes sessions/],
  ]

  it('says what is wrong, prints nothing else, and ends with 1 or 2', async () => {
    const site = await operatedSite(await freshFolder(), onSqlite[1])
    for (const [args, code, says] of badInputs) {
      const ran = await site.cli('sessions', ...args)
      expect({ args, code: ran.code, stdout: ran.stdout }).toEqual({ args, code, stdout: '' })
      expect(ran.stderr).toMatch(says)
      expect(ran.stderr).not.toMatch(/^ +at /m)
    }
  })

  it('says why there is nothing to see: memory, sealed cookies, a scope or application that is not there', async () => {
    const folder = await freshFolder()
    const run = (...args: string[]) => callCli(args, { cwd: folder })
    await writeSite(folder, { driver: 'memory' })
    const inMemory = await run('sessions', 'list')
    expect(inMemory).toMatchObject({ code: 1, stdout: '' })
    expect(inMemory.stderr).toMatch(
      /^The records in the cache store \(driver memory\) are in the memory of the process/,
    )
    expect((await run('clients', 'list')).stderr).toMatch(/^No application in .* has a client scope\.\n$/)
    await writeSite(folder, { driver: 'cookie', keys: [key()] }, { cluster: undefined })
    const sealed = await run('sessions', 'count')
    expect({ code: sealed.code, stderr: sealed.stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^This command cannot work for the session of shop: each record is in the cookie of its visitor/,
      ),
    })
  })
})
