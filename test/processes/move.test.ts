import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { beginSessions } from '../move-soak/sessions.js'
import { runCli } from '../support/cli.js'
import { callCli } from '../support/cli-in-turn.js'
import { withFolder } from '../support/container.js'

const embedded = (folder: string) => ({ driver: 'lmdb', storage: true, path: join(folder, 'embedded') })

interface MoveConfig {
  readonly caches: object
  readonly applications: { readonly shop: object }
}

/** A configuration with two stores, the first of which has sessions. */
const withSessions = (count: number, use: (file: string, config: MoveConfig) => Promise<void>, storage?: unknown) =>
  withFolder(async (folder) => {
    const file = join(folder, 'app.config.yaml')
    await beginSessions(count, embedded(folder))
    const config = {
      caches: {
        embedded: embedded(folder),
        shared: { driver: 'sqlite', storage: true, path: join(folder, 'shared.db') },
        pages: { driver: 'memory' },
        fast: { driver: 'memory', storage: true },
        browser: { driver: 'cookie', storage: true, keys: [randomBytes(32).toString('base64url')] },
      },
      applications: { shop: { session: { storage: storage ?? { write: 'shared', fallback: 'embedded' } } } },
    }
    await writeFile(file, JSON.stringify(config))
    await use(file, config)
  })

const move = (file: string, ...flags: readonly string[]) =>
  callCli(['move', file, '--application', 'shop', '--from', 'embedded', '--to', 'shared', ...flags], {
    cwd: dirname(file),
  })

describe('koa-scopes move', () => {
  test('moves all sessions, says so, and has nothing to do the second time; and moves them back', () =>
    withSessions(120, async (file) => {
      const dry = await move(file, '--dry-run')
      expect([dry.code, dry.stdout, dry.stderr]).toEqual([
        0,
        'shop session: 120 records would move from embedded to shared. Nothing was changed.\n',
        '',
      ])
      const first = await move(file)
      expect(first.stderr).toBe('')
      expect(first.stdout).toMatch(
        /^shop session: 120 records moved from embedded to shared in [\d.]+ s, [\d,]+\/s\.\n {2}Compared 120 of them: 120 arrived as they were\.\n$/,
      )
      expect(first.code).toBe(0)
      const [again] = JSON.parse((await move(file, '--json', '--scope', 'session')).stdout)
      expect(again).toMatchObject({
        application: 'shop',
        scope: 'session',
        from: 'embedded',
        to: 'shared',
        moved: 0,
        total: 0,
        left: 0,
      })
      const back = await runCli([
        'move',
        file,
        '--application',
        'shop',
        '--from',
        'shared',
        '--to',
        'embedded',
        '--no-verify',
        '--offline',
        '--json',
      ])
      expect(JSON.parse(back.stdout)[0]).toMatchObject({ moved: 120, left: 0 })
    }))

  test('keeps to the rate', () =>
    withSessions(30, async (file) => {
      const [{ moved, seconds }] = JSON.parse((await move(file, '--json', '--limit-rate', '30')).stdout)
      expect(moved).toBe(30)
      expect(seconds).toBeGreaterThan(0.9)
    }))

  test('refuses to move records away from nodes that would not find them, unless no node runs', () =>
    withSessions(
      5,
      async (file) => {
        const refused = await move(file)
        expect(refused.code).toBe(1)
        expect(refused.stderr).toContain(
          'Deploy storage: { write: shared, fallback: embedded } on every node first; or, if no node runs, add --offline.',
        )
        const moved = await move(file, '--offline')
        expect([moved.code, moved.stdout]).toEqual([0, expect.stringContaining('5 records moved')])
      },
      'embedded',
    ))

  test.each([
    [['--from', 'shared'], 1, 'Records cannot move from the cache shared to shared: they are the same cache.'],
    [['--from', 'shared', '--to', 'embedded'], 1, 'nodes with this configuration write to shared, so they would take'],
    [['--to', 'nowhere'], 1, 'There is no cache "nowhere"'],
    [['--to', 'pages', '--offline'], 1, 'pages may not hold scopes'],
    [['--to', 'fast', '--offline'], 1, 'fast is in the memory of its process, which no other one can reach'],
    [['--to', 'browser', '--offline'], 1, 'the records of browser are in the cookies of their visitors'],
    [['--application', 'blog'], 1, 'There is no application "blog"'],
    [['--scope', 'client'], 1, 'the application shop declares no client'],
    [['--scope', 'sessions'], 2, '--scope is session, client or all, not sessions.'],
    [['--limit-rate', 'fast'], 2, '--limit-rate is a number of records a second, not fast.'],
  ])('with %j is refused', (flags, code, sentence) =>
    withSessions(1, async (file) => {
      const result = await move(file, ...flags)
      expect([result.code, result.stdout]).toEqual([code, ''])
      expect(result.stderr).toContain(sentence)
      expect(JSON.parse((await move(file, '--json', '--dry-run')).stdout)[0]).toMatchObject({ total: 1 })
    }),
  )

  test('needs no module of the application', () =>
    withSessions(2, async (file, config) => {
      const shop = { ...config.applications.shop, module: './not-on-this-machine.js' }
      await writeFile(file, JSON.stringify({ ...config, applications: { shop } }))
      expect(await move(file, '--dry-run')).toMatchObject({ code: 0, stderr: '' })
    }))

  test.each(['lmdb', 'sqlite'])('refuses an old %s store that no node has used, and creates nothing', (driver) =>
    withFolder(async (folder) => {
      const file = join(folder, 'app.config.yaml')
      const cache = (name: string) => ({ driver, storage: true, path: join(folder, name) })
      const session = { storage: { write: 'shared', fallback: 'embedded' } }
      const caches = { embedded: cache('embedded'), shared: cache('shared') }
      await writeFile(file, JSON.stringify({ caches, applications: { shop: { session } } }))
      for (const flags of [['--dry-run'], [], ['--offline']]) {
        const { code, stderr, stdout } = await move(file, ...flags)
        expect([code, stdout]).toEqual([1, ''])
        expect(stderr).toContain('embedded')
        expect(await readdir(folder)).toEqual(['app.config.yaml'])
      }
    }),
  )

  test('says what it lacks', async () => {
    expect(await runCli(['move'])).toMatchObject({
      code: 2,
      stderr: 'move needs --application, as in: --application shop\n',
    })
    const result = await runCli(['move', '--application', 'shop', '--from', 'a'])
    expect(result).toMatchObject({ code: 2, stderr: 'move needs two caches, as in: --from embedded --to shared\n' })
  })
})
