import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { chmod, chown, copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace, openPostgres } from './postgres-fixture.js'

const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters)

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-pg-tls-'))
const file = (name: string) => join(folder, name)
const server = await startPostgres()
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})
const database = 'postgres'

const keyOptions = (name: string) => {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  return ['req', '-x509', ...kind, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-days', '2']
}
for (const name of ['ca', 'other']) await openssl(...keyOptions(name), '-subj', `/CN=koa-scopes test ${name}`)
const names = ['-subj', '/CN=postgres', '-addext', 'subjectAltName=DNS:localhost,DNS:db.example.com,IP:127.0.0.1']
await openssl(...keyOptions('server'), ...names, '-CA', file('ca.pem'), '-CAkey', file('ca.key'))
await useCertificate()

/** The server takes its key only from a file of its own that others cannot read. */
async function useCertificate(): Promise<void> {
  const { uid, gid } = await stat(`${server.folder}/data`)
  for (const [from, to] of [
    ['server.pem', 'server.crt'],
    ['server.key', 'server.key'],
  ] as const) {
    const copy = `${server.folder}/data/${to}`
    await copyFile(file(from), copy)
    await chmod(copy, 0o600)
    await chown(copy, uid, gid)
  }
  await server.sql('alter system set ssl = on')
  await server.kill()
  await server.restart()
}

/** Of the public key, as curl and HTTP have it. */
async function keyPinOf(name: string): Promise<string> {
  const certificate = new X509Certificate(await readFile(file(`${name}.pem`)))
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return `sha256//${createHash('sha256').update(key).digest('base64')}`
}

/** Whether each connection of the driver is encrypted. */
const encrypted = () =>
  server.sql<{ ssl: boolean }>(
    "select s.ssl from pg_stat_ssl as s join pg_stat_activity as a using (pid) where a.application_name = 'koa-scopes'",
  )

describe('the driver postgres over TLS', () => {
  it.each([
    ['an address', { host: '127.0.0.1', tls: { ca: file('ca.pem') } }],
    ['a name', { host: 'localhost', tls: { ca: file('ca.pem') } }],
    ['another name', { host: '127.0.0.1', tls: { ca: file('ca.pem'), servername: 'db.example.com' } }],
    ['another name than the host', { host: 'localhost', tls: { ca: file('ca.pem'), servername: 'db.example.com' } }],
  ])('accepts a certificate for %s, for notices too', async (_, options) => {
    const space = await emptySpace({ port: server.port, database, ...options })
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
    const stop = await space.space.watch?.({ onChange() {}, onGap() {} })
    expect(await encrypted()).toEqual([{ ssl: true }, { ssl: true }])
    await stop?.()
  })

  it('is asked for by a URL', async () => {
    const tls = { ca: file('ca.pem') }
    await openPostgres({ url: `postgres://postgres@127.0.0.1:${server.port}/postgres?sslmode=verify-full`, tls })
    expect(await encrypted()).toEqual([{ ssl: true }])
  })

  it.each([
    ['that another authority signed', { ca: file('other.pem') }],
    ['that an authority signed which is unknown', true],
    ['of another name', { ca: file('ca.pem'), servername: 'other.example.com' }],
  ])('refuses a certificate %s, and says what to correct', async (_, tls) => {
    for (const host of ['127.0.0.1', 'localhost'])
      await expect(openPostgres({ host, port: server.port, database, tls })).rejects.toMatchObject({
        code: 'STORAGE_UNUSABLE',
        remedy: 'Correct tls: of this cache, or the certificate of the server.',
      })
  })

  it.each([
    ['an address', '127.0.0.1', undefined],
    ['another name than the host', 'localhost', 'db.example.com'],
  ])('accepts a certificate for %s whose key is pinned, and no other', async (_, host, servername) => {
    const tls = { ca: file('ca.pem'), ...(servername && { servername }) }
    const at = { host, port: server.port, database }
    await openPostgres({ ...at, tls: { ...tls, pin: await keyPinOf('server') } })
    await expect(openPostgres({ ...at, tls: { ...tls, pin: await keyPinOf('ca') } })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('is not one of those that tls.pin names'),
    })
  })

  it('accepts any certificate with rejectUnauthorized: false, and warns of it', async () => {
    const tls = { rejectUnauthorized: false }
    const driver = await openPostgres({ host: '127.0.0.1', port: server.port, database, tls })
    expect((await driver.health({ now: Date.now() })).warnings).toContainEqual(
      expect.stringMatching(/^tls\.rejectUnauthorized is false: /),
    )
  })

  it('is refused by a server that has none', async () => {
    const plain = await startPostgres()
    await expect(openPostgres({ url: plain.url, tls: true })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('does not support SSL'),
    })
    await plain.stop()
  })
})
