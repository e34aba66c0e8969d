import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type StandIn, startStandIn } from '../support/mongo-server.js'
import { emptySpace, openMongodb } from './mongodb-fixture.js'

const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters)
const newKey = (path: string) => [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-keyout',
  path,
]

let folder: string
let standIn: StandIn
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  standIn = await startStandIn()
  folder = await mkdtemp(join(tmpdir(), 'koa-scopes-mongodb-tls-'))
  for (const name of ['ca', 'other'])
    await openssl(
      'req',
      '-x509',
      ...newKey(file(`${name}.key`)),
      '-out',
      file(`${name}.pem`),
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    )
  for (const name of ['server', 'client']) {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:mongodb.example.com,IP:127.0.0.1']
    const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')]
    await openssl(
      'req',
      '-x509',
      ...newKey(file(`${name}.key`)),
      '-out',
      file(`${name}.pem`),
      '-days',
      '2',
      ...subject,
      ...signed,
    )
  }
})
afterAll(async () => {
  await standIn.stop()
  await rm(folder, { recursive: true })
})

/** Speaks TLS only, and passes on what it gets to the stand-in. */
async function tlsPort(settings: TlsOptions = {}): Promise<number> {
  const [key, cert, ca] = await Promise.all(['server.key', 'server.pem', 'ca.pem'].map((name) => readFile(file(name))))
  const server = createServer({ key, cert, ca, ...settings }, (client) => {
    const plain = connect(standIn.port, '127.0.0.1')
    client.pipe(plain).pipe(client)
    for (const [one, other] of [[client, plain] as const, [plain, client] as const])
      one.on('error', () => {}).on('close', () => other.destroy())
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('the driver mongodb over TLS, to the stand-in mongo-java-server', () => {
  it('works with the authority that signed the certificate of the server', async () => {
    const space = await emptySpace({ port: await tlsPort(), tls: { ca: file('ca.pem') } })
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
    const port = await tlsPort()
    const named = await emptySpace({
      url: `mongodb://127.0.0.1:${port}/`,
      tls: { ca: file('ca.pem'), servername: 'mongodb.example.com' },
    })
    expect(await named.create('a')).toMatchObject({ status: 'saved' })
  })

  it('accepts the certificate that is pinned, and no other', async () => {
    const port = await tlsPort()
    const pinOf = async (name: string) => new X509Certificate(await readFile(file(`${name}.pem`))).fingerprint256
    const tls = { ca: file('ca.pem') }
    const space = await emptySpace({ port, tls: { ...tls, pin: await pinOf('server') } })
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
    await expect(openMongodb({ port, tls: { ...tls, pin: await pinOf('client') } })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('is not one of those that tls.pin names'),
    })
  })

  it('accepts any certificate with rejectUnauthorized: false, and warns of it', async () => {
    const driver = await openMongodb({ port: await tlsPort(), tls: { rejectUnauthorized: false } })
    expect((await driver.health({ now: Date.now() })).warnings).toContainEqual(
      expect.stringMatching(/^tls\.rejectUnauthorized is false: /),
    )
  })

  it('shows its own certificate', async () => {
    const port = await tlsPort({ requestCert: true, rejectUnauthorized: true })
    const own = { ca: file('ca.pem'), cert: file('client.pem'), key: file('client.key') }
    expect(await (await emptySpace({ port, tls: own })).create('a')).toMatchObject({ status: 'saved' })
    await expect(openMongodb({ port, tls: { ca: file('ca.pem') } })).rejects.toMatchObject({ name: 'StorageError' })
  })

  it.each([
    ['another authority', () => ({ ca: file('other.pem') })],
    ['the authorities of Node', () => true],
    ['another name', () => ({ ca: file('ca.pem'), servername: 'another.example.com' })],
  ])('refuses a server that cannot prove itself to %s', async (_, tls) => {
    await expect(openMongodb({ port: await tlsPort(), tls: tls() })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Correct tls: of this cache, or the certificate of the server.',
    })
  })
})
