import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { redisCli, startRedis } from '../support/redis-server.js'
import { emptySpace, openRedis } from './redis-fixture.js'

const openssl = (...parameters: string[]) => promisify(execFile)('openssl', parameters)

let folder: string
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'koa-scopes-tls-'))
  await Promise.all([makeAuthority('ca'), makeAuthority('other')])
  await makeCertificate('server', 'ca')
})
afterAll(() => rm(folder, { recursive: true }))

async function makeAuthority(name: string): Promise<void> {
  const subject = ['-subj', `/CN=koa-scopes test ${name}`]
  const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(`${name}.key`)]
  await openssl('req', '-x509', ...keys, '-out', file(`${name}.pem`), '-days', '2', ...subject)
}

async function makeCertificate(name: string, authority: string): Promise<void> {
  const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(`${name}.key`)]
  const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=DNS:redis.example.com,IP:127.0.0.1']
  const signed = ['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`)]
  await openssl('req', '-x509', ...keys, '-out', file(`${name}.pem`), '-days', '2', ...subject, ...signed)
}

/** As openssl prints it. */
const pinOf = async (name: string): Promise<string> => {
  const { stdout } = await openssl('x509', '-in', file(`${name}.pem`), '-noout', '-fingerprint', '-sha256')
  return stdout.split('=')[1]?.trim() ?? ''
}

/** Speaks TLS only. */
async function tlsServer(settings: Readonly<Record<string, string>> = {}) {
  const plain = await startRedis()
  onTestFinished(() => plain.stop())
  for (const [name, value] of Object.entries({
    'tls-cert-file': file('server.pem'),
    'tls-key-file': file('server.key'),
    'tls-ca-cert-file': file('ca.pem'),
    'tls-auth-clients': 'no',
    ...settings,
  }))
    await redisCli(plain.port, 'config', 'set', name, value)
  await redisCli(plain.port, 'config', 'set', 'port', '0', 'tls-port', `${plain.port}`)
  return { port: plain.port }
}

/** Asks and is asked over TLS only. */
async function tlsSentinel(master: number): Promise<number> {
  const place = await startRedis()
  await place.stop()
  const lines = [
    `port 0\ntls-port ${place.port}\ntls-auth-clients no\ntls-replication yes`,
    `tls-cert-file ${file('server.pem')}\ntls-key-file ${file('server.key')}\ntls-ca-cert-file ${file('ca.pem')}`,
    `dir ${folder}\nsentinel monitor shop 127.0.0.1 ${master} 1`,
  ]
  await writeFile(file('sentinel.conf'), lines.join('\n'))
  const child = spawn('redis-server', [file('sentinel.conf'), '--sentinel'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for await (const chunk of child.stdout) if (String(chunk).includes('+monitor master')) break
  return place.port
}

const worksWith = async (options: object) => {
  const space = await emptySpace(options)
  expect(await space.create('a')).toMatchObject({ status: 'saved' })
  const stop = await space.space.watch?.({ onChange() {}, onGap() {} })
  await stop?.()
}

describe('the driver redis over TLS', () => {
  it('works with the authority that signed the certificate of the server', async () => {
    const { port } = await tlsServer()
    await worksWith({ port, tls: { ca: file('ca.pem') } })
    await worksWith({ url: `rediss://127.0.0.1:${port}`, tls: { ca: file('ca.pem'), servername: 'redis.example.com' } })
  })

  it('shows a certificate of its own to a server that asks for one', async () => {
    const { port } = await tlsServer({ 'tls-auth-clients': 'yes' })
    await worksWith({ port, tls: { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') } })
    await expect(openRedis({ port, tls: { ca: file('ca.pem') } })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' })
  })

  it.each([
    ['that another authority signed', 'other.pem', 'redis.example.com'],
    ['of another name', 'ca.pem', 'other.example.com'],
  ])('refuses a certificate %s, and says what to correct', async (_, ca, servername) => {
    const { port } = await tlsServer()
    const tls = { ca: file(ca), servername }
    await expect(openRedis({ port, tls })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Correct tls: of this cache, or the certificate of the server.',
    })
  })

  it('accepts the certificate that is pinned, and no other', async () => {
    const { port } = await tlsServer()
    const tls = { ca: file('ca.pem') }
    await worksWith({ port, tls: { ...tls, pin: await pinOf('server') } })
    await worksWith({ port, tls: { ...tls, pin: [await pinOf('other'), await pinOf('server')] } })
    await expect(openRedis({ port, tls: { ...tls, pin: await pinOf('other') } })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('is not one of those that tls.pin names: its fingerprint is'),
      remedy: 'Correct tls: of this cache, or the certificate of the server.',
    })
  })

  it('accepts any certificate with rejectUnauthorized: false, and warns of it', async () => {
    const { port } = await tlsServer()
    const driver = await openRedis({ port, tls: { rejectUnauthorized: false } })
    const { warnings } = await driver.health({ now: Date.now() })
    expect(warnings).toContainEqual(expect.stringMatching(/^tls\.rejectUnauthorized is false: /))
  })

  it('speaks it with sentinels and with the server they name', async () => {
    const { port } = await tlsServer()
    const sentinel = { name: 'shop', nodes: [`127.0.0.1:${await tlsSentinel(port)}`] }
    await worksWith({ sentinel, tls: { ca: file('ca.pem') } })
  })

  it('says so when only one side speaks TLS', async () => {
    const { port } = await tlsServer()
    await expect(openRedis({ port })).rejects.toThrow('a server that speaks only TLS hangs up like this')
    // A server that does not speak TLS says nothing, so all that can be told is what was tried.
    await expect(openRedis({ port: 1, tls: true })).rejects.toThrow('127.0.0.1:1 over TLS: connect ECONNREFUSED')
  })
})

describe('the driver redis', () => {
  it('reaches a server by its Unix socket', async () => {
    const socket = file('redis.sock')
    const server = await startRedis({ unixsocket: socket })
    onTestFinished(() => server.stop())
    await worksWith({ socket })
  })

  it.each([
    ['publish', '~* +@all', 'resetchannels'],
    ['use the keys', '&* +@all', '~other:*'],
  ])('says at the start that its user may not %s', async (_, rights, lack) => {
    const { port } = await aclServer(`${rights} ${lack}`)
    await expect(openRedis({ port, username: 'shop', password: 'secret' })).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Correct the user, its password, or the rights it has in Redis.',
    })
  })
})

async function aclServer(rights: string) {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  await redisCli(server.port, 'acl', 'setuser', 'shop', 'on', '>secret', ...rights.split(' '))
  return server
}
