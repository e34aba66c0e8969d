import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { exitOf, spawnCli } from '../../support/cli.js'
import { operatedSite } from '../../support/operated-site.js'
import { hasTerminal, runInTerminal } from '../../support/terminal.js'

const store = { driver: 'sqlite', path: './scopes.db' }

async function site() {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { folder, ...(await operatedSite(folder, store)) }
}

const enter = '\x1b[?1049h\x1b[?25l'
const leave = '\x1b[?25h\x1b[?1049l'

describe.skipIf(!hasTerminal)('koa-scopes sessions on a terminal (needs the program script of util-linux)', () => {
  it('asks before it ends a session, and takes only yes', async () => {
    const { ended, folder, url, visitor } = await site()
    const ada = await visitor('name=Ada', 'ada')
    const no = runInTerminal(['sessions', 'end', ada.id], { cwd: folder })
    await no.shows(`End the session ${ada.id} of ada in shop? [y/N] `)
    no.type('\r')
    expect(await no.ended()).toBe(1)
    expect(no.screen).toContain('Nothing was ended.')
    const interrupted = runInTerminal(['sessions', 'end', ada.id], { cwd: folder })
    await interrupted.shows('[y/N] ')
    interrupted.type('\x03')
    expect(await interrupted.ended()).toBe(1)
    expect((await ada.visitor.get(url, '/read')).json()).toEqual({ name: 'Ada' })

    await visitor('name=Phone', 'ada')
    const yes = runInTerminal(['sessions', 'end', '--principal', 'ada'], { cwd: folder })
    await yes.shows('End 2 sessions of ada in shop? [y/N] ')
    yes.type('y\r')
    expect(await yes.ended()).toBe(0)
    expect(yes.screen).toContain('Ended 2 sessions of shop.')
    await vi.waitFor(() => expect(ended).toHaveLength(2), 5_000)

    for (const name of ['Bob', 'Eve']) await visitor(`name=${name}`)
    const all = runInTerminal(['sessions', 'end', '--all'], { cwd: folder })
    await all.shows('End all 2 sessions of shop? [y/N] ')
    all.type('n\r')
    expect(await all.ended()).toBe(1)
    expect(all.screen).toContain('Nothing was ended.')
  })

  it('fits the table to the terminal and never cuts an id, in colours unless NO_COLOR says otherwise', async () => {
    const { folder, visitor } = await site()
    const { id } = await visitor('name=Ada', 'a'.repeat(300))
    const list = runInTerminal(['sessions', 'list'], { cwd: folder })
    expect(await list.ended()).toBe(0)
    expect(list.screen).toContain(id)
    expect(list.screen).toMatch(/a{8,}…/)
    expect(list.screen).toContain('\x1b[1mID')
    const plain = runInTerminal(['sessions', 'list'], { cwd: folder, env: { NO_COLOR: '1' } })
    await plain.ended()
    expect(plain.screen).not.toContain('\x1b[')
    for (const line of plain.screen.trimEnd().split('\r\n')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('watches counts, logins and ends, and restores the terminal at Ctrl-C', async () => {
    const { cli, folder, visitor } = await site()
    await visitor('name=Old', 'old')
    const watch = runInTerminal(['sessions', 'watch', '--interval', '1'], { cwd: folder })
    await watch.shows(/shop +1/)
    const ada = await visitor('name=Ada', 'ada')
    await watch.shows(new RegExp(`login +shop +${ada.id} +ada`))
    await watch.shows(/shop +2/)
    await cli('sessions', 'end', ada.id, '--yes')
    await watch.shows(new RegExp(`end +shop +${ada.id} +ada`))
    watch.type('\x03')
    expect(await watch.ended()).toBe(0)
    expect(watch.screen.startsWith(enter)).toBe(true)
    expect(watch.screen.trimEnd().endsWith(leave)).toBe(true)
    expect(watch.screen).not.toMatch(/login +shop +\S+ +old/)
  })
})

describe('koa-scopes sessions watch, without a terminal', () => {
  it('writes a line of JSON each time, and ends with 0 at a signal', async () => {
    const { folder, visitor } = await site()
    await visitor('name=Ada', 'ada')
    const child = spawnCli(['sessions', 'watch', '--interval', '1'], { cwd: folder })
    let text = ''
    child.stdout.on('data', (bytes) => {
      text += bytes
    })
    await vi.waitFor(() => expect(text.split('\n').length).toBeGreaterThan(1), 20_000)
    const bob = await visitor('name=Bob', 'bob')
    await vi.waitFor(() => expect(text).toContain(bob.id), 20_000)
    child.kill('SIGTERM')
    expect(await exitOf(child)).toBe(0)
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({
      scope: 'session',
      applications: [{ application: 'shop', count: 1, isFollowed: true }],
      events: [],
      caches: [{ name: 'store', status: 'up', latencyMs: expect.any(Number) }],
    })
    expect(lines.flatMap(({ events }) => events)).toEqual([
      { event: 'login', application: 'shop', id: bob.id, principal: 'bob' },
    ])
  })

  it('ends when its reader is gone', async () => {
    const { folder } = await site()
    const child = spawnCli(['sessions', 'watch', '--interval', '1'], { cwd: folder })
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await exitOf(child)).toBe(0)
  })
})
