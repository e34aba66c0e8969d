import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer, defineApplication, type Space, silentLogger } from 'koa-scopes'
import { driverSuite } from 'koa-scopes/testing'
import request from 'supertest'
import * as vitest from 'vitest'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonFiles } from '../../examples/custom-driver/index.js'
import { deadlineOf } from '../support/deadline.js'

const path = await mkdtemp(join(tmpdir(), 'koa-scopes-json-'))

driverSuite(vitest, { definition: jsonFiles, options: { path }, remove: () => rm(path, { recursive: true }) })

describe('the JSON files driver', () => {
  const now = Date.UTC(2026, 0, 1)
  const create = { mode: 'create', version: 'v1', seal: 's', life: { idleMs: null, endsAt: null } } as const

  async function opened(): Promise<{ folder: string; space: Space }> {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-json-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const driver = await jsonFiles.create({ path: 'store' }, { cache: 'files', directory: folder, onEvicted() {} })
    await driver.open()
    return { folder: join(folder, 'store'), space: driver.space('shop:session', { endGraceMs: 0 }) }
  }

  async function onlyFile(folder: string): Promise<string> {
    const files = await readdir(folder, { recursive: true })
    const [file = ''] = files.filter((name) => name.endsWith('.json'))
    return join(folder, file)
  }

  it('writes one readable file per record, below the folder of the configuration', async () => {
    const { folder, space } = await opened()
    await space.save({ ...create, id: 'a' }, { now })
    expect(JSON.parse(await readFile(await onlyFile(folder), 'utf8'))).toMatchObject({
      head: { id: 'a', version: 'v1' },
    })
  })

  it('ignores what a process that died left half written', async () => {
    const { folder, space } = await opened()
    await space.save({ ...create, id: 'a' }, { now })
    await writeFile(`${await onlyFile(folder)}.new`, '{"head":')
    expect((await space.load('a', { now })).status).toBe('loaded')
    expect(await space.count({ now })).toBe(1)
  })

  it('names the file that is not a record', async () => {
    const { folder, space } = await opened()
    await space.save({ ...create, id: 'a' }, { now })
    const file = await onlyFile(folder)
    await writeFile(file, '{"head":')
    await expect(space.load('a', { now })).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining(file),
    })
  })

  it('does not apply what its caller gave up before its turn', async () => {
    const { space } = await opened()
    const deadline = deadlineOf(AbortSignal.abort(), 0)
    await expect(space.save({ ...create, id: 'a' }, { now, deadline })).rejects.toThrow('aborted')
    expect(await space.load('a', { now })).toEqual({ status: 'missing' })
  })

  it('carries a session from one container to the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-json-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const shop = defineApplication<{ session: { visits?: number } }>({
      setup(app) {
        app.use((ctx) => {
          ctx.session.visits = (ctx.session.visits ?? 0) + 1
          ctx.body = { visits: ctx.session.visits }
        })
      },
    })
    const config = {
      server: { port: 0 },
      caches: { files: { driver: 'json-files', path: folder, storage: true } },
      applications: { shop: { session: { storage: 'files' } } },
    }

    async function visit(cookie = '') {
      const given = { drivers: [jsonFiles], applications: { shop }, logger: silentLogger }
      const container = await createContainer(config, given)
      const { url } = await container.listen()
      const response = await request(url).get('/').set('Cookie', cookie)
      await container.close()
      return response
    }

    const first = await visit()
    const [cookie = ''] = first.headers['set-cookie'] ?? []
    expect((await visit(cookie.split(';')[0])).body).toEqual({ visits: 2 })
  })
})
