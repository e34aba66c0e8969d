import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { startMariadb } from '../support/mariadb-server.js'
import { emptySpace, openMariadb } from './mariadb-fixture.js'

const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters)

const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-mariadb-tls-'))
const file = (name: string) => join(folder, name)

const keyOptions = (name: string) => {
  const kind = ['-newkey', 'rsa:2048', '-nodes']
  return ['req', '-x509', ...kind, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-days', '2']
}
for (const name of ['ca', 'other']) await openssl(...keyOptions(name), '-subj', `/CN=koa-scopes test ${name}`)
const names = ['-subj', '/CN=mariadb', '-addext', 'subjectAltName=DNS:db.example.com,IP:127.0.0.1']
await openssl(...keyOptions('server'), ...names, '-CA', file('ca.pem'), '-CAkey', file('ca.key'))
const server = await startMariadb({ 'ssl-cert': file('server.pem'), 'ssl-key': file('server.key') })
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const at = { host: '127.0.0.1', port: server.port, database: 'scopes' }
const pinOf = async (name: string) => new X509Certificate(await readFile(file(`${name}.pem`))).fingerprint256
const correct = 'Correct tls: of this cache, or the certificate of the server.'

describe('the driver mariadb over TLS', () => {
  it.each([
    ['of the host', {}],
    ['of another name', { servername: 'db.example.com' }],
  ])('accepts a certificate %s', async (_, servername) => {
    const space = await emptySpace({ ...at, tls: { ca: file('ca.pem'), ...servername } })
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
  })

  it.each([
    ['that another authority signed', { ca: 'other.pem' }],
    ['of another name', { ca: 'ca.pem', servername: 'other.example.com' }],
  ])('refuses a certificate %s', async (_, { ca, ...tls }) => {
    await expect(openMariadb({ ...at, tls: { ca: file(ca), ...tls } })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: correct,
    })
  })

  it('accepts the certificate that is pinned, and no other', async () => {
    const tls = { ca: file('ca.pem') }
    await openMariadb({ ...at, tls: { ...tls, pin: await pinOf('server') } })
    await expect(openMariadb({ ...at, tls: { ...tls, pin: await pinOf('other') } })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('is not one of those that tls.pin names'),
    })
  })

  it('does not take a pin for an authority', async () => {
    const opening = openMariadb({ ...at, tls: { pin: await pinOf('server') } })
    await expect(opening).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE', remedy: correct })
  })

  it('accepts any certificate with rejectUnauthorized: false, and warns of it', async () => {
    const driver = await openMariadb({ ...at, tls: { rejectUnauthorized: false } })
    expect((await driver.health({ now: Date.now() })).warnings).toContainEqual(
      expect.stringMatching(/^tls\.rejectUnauthorized is false: /),
    )
  })
})
