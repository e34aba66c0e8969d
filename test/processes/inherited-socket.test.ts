import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli, spawnCli } from '../support/cli.js'
import { announced } from '../support/server-process.js'

const config = `server: { port: fd:3 }
applications: { shop: { module: ./shop.js } }
`
const module = `export default { setup: (app) => void app.use((ctx) => { ctx.body = 'home' }) }`

async function configured(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-inherited-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'shop.js'), module)
  await writeFile(join(folder, 'app.config.yaml'), config)
  return join(folder, 'app.config.yaml')
}

/** What systemd does: a socket that listens already, and is handed to the process as its descriptor 3. */
async function inherited(): Promise<{ readonly fd: number; readonly port: number; readonly server: Server }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle
  return { fd, port: (server.address() as AddressInfo).port, server }
}

describe('port: fd:3', () => {
  test('listens on the socket that the process inherited, and stops at SIGTERM', async () => {
    const { fd, port, server } = await inherited()
    const child = spawnCli(['start', await configured()], { descriptors: [fd] })
    const ended = once(child, 'exit')
    expect(await announced(child)).toBe(`http://127.0.0.1:${port}`)
    server.close() // the one of this process: from now on only the child accepts
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('home')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  test('says that systemd meant another process', async () => {
    const { code, stderr } = await runCli(['start', await configured()], { env: { LISTEN_PID: '1', LISTEN_FDS: '1' } })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^The descriptor fd:3 cannot be listened on: systemd passed its sockets to the process 1, and this one is \d+\. Start node directly/,
    )
  })
})
