import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { Config } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import type { Duration } from '../../src/support/duration.js'
import { quietContainer } from '../support/container.js'
import { type FrontKind, haproxy, nginx, startFront } from '../support/front-server.js'
import { foundProgram } from '../support/installed-program.js'
import { type Page, shop } from '../support/shop.js'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../../examples/production/', import.meta.url))
const read = (name: string) => readFile(join(folder, name), 'utf8')

const config = (env: NodeJS.ProcessEnv = {}): Promise<Config> =>
  loadConfig(join(folder, 'app.config.yaml'), {
    drivers: builtInDrivers,
    env: { REDIS_PASSWORD_FILE: '/run/secrets/redis', ...env },
  })

/** The names of the variables that the configuration refers to. */
const variables = async () =>
  new Set([...(await read('app.config.yaml')).matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name))

/** How long a platform must wait at least before it kills a node. */
const stopSeconds = async (): Promise<number> => {
  const { drainMs, shutdownMs } = (await config()).server
  return (drainMs + 4 * shutdownMs) / 1_000
}

const seconds = (text: string | number): number => Number(String(text).replace(/s$/, ''))

describe('the configuration', () => {
  test('is right, with a port, a socket or that of systemd', async () => {
    const { server } = await config()
    expect(server).toMatchObject({ port: 8080, proxy: true, health: '/healthz' })
    expect((await config({ PORT: '/run/koa-scopes/app.sock' })).server.port).toBe('/run/koa-scopes/app.sock')
    expect((await config({ PORT: 'fd:3' })).server.port).toBe('fd:3')
  })
})

describe('the image', () => {
  test('copies files that are there, runs as another user than root, and has the variables of the configuration', async () => {
    const text = await read('Dockerfile')
    const ofNpm = ['package.json', 'package-lock.json'] // the user's own
    const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, files = '']) =>
      files.split(' ').slice(0, -1),
    )
    expect(copied).toEqual(expect.arrayContaining(['app.config.yaml', 'application.js']))
    for (const file of copied.filter((file) => !ofNpm.includes(file)))
      expect(existsSync(join(folder, file)), file).toBe(true)
    expect(text).toMatch(/^USER node$/m)
    const names = [...(/^ENV (.+)$/m.exec(text)?.[1] ?? '').matchAll(/(\w+)=/g)].map(([, name = '']) => name)
    const known = await variables()
    expect(names.filter((name) => name !== 'NODE_ENV' && !known.has(name))).toEqual([])
    expect(text).toContain(`${(await config()).server.health}/live`)
  })
})

describe('the services of compose', () => {
  test('have the variables of the configuration and time to stop, and wait for each other', async () => {
    const { services, secrets } = parse(await read('compose.yaml'), { merge: true })
    const known = await variables()
    for (const name of ['shop-a', 'shop-b']) {
      const { environment, stop_grace_period, secrets: used } = services[name]
      expect(Object.keys(environment).filter((key) => !known.has(key))).toEqual([])
      expect(environment.REDIS_PASSWORD_FILE).toBe(`/run/secrets/${used[0]}`)
      expect(Object.keys(secrets)).toContain(used[0])
      expect(seconds(stop_grace_period)).toBeGreaterThan(await stopSeconds())
      expect(await read('nginx.conf')).toContain(`server ${name}:8080`)
      expect(services.nginx.depends_on[name].condition).toBe('service_healthy')
    }
    expect(services.redis.command.at(-1)).toContain('--maxmemory-policy noeviction')
  })
})

describe('the manifests of Kubernetes', () => {
  test('probe what the server answers, give it time to stop, and name each other', async () => {
    const documents = parseAllDocuments(await read('kubernetes.yaml')).map((document) => document.toJS())
    const of = (kind: string) => documents.find((document) => document.kind === kind)
    const { template, selector } = of('Deployment').spec
    const { containers, terminationGracePeriodSeconds, securityContext, volumes } = template.spec
    const [container] = containers
    const { health, drainMs } = (await config()).server
    expect(container.readinessProbe.httpGet).toEqual({ path: `${health}/ready`, port: 'http' })
    for (const probe of ['startupProbe', 'livenessProbe'])
      expect(container[probe].httpGet).toEqual({ path: `${health}/live`, port: 'http' })
    const { periodSeconds, failureThreshold } = container.readinessProbe
    expect(periodSeconds * failureThreshold * 1_000).toBeLessThan(drainMs)
    expect(terminationGracePeriodSeconds).toBeGreaterThan(await stopSeconds())
    expect(securityContext.runAsNonRoot).toBe(true)
    const known = await variables()
    expect(container.env.map(({ name }: { name: string }) => name).filter((name: string) => !known.has(name))).toEqual(
      [],
    )
    const [mount] = container.volumeMounts
    const file = container.env.find(({ name }: { name: string }) => name === 'REDIS_PASSWORD_FILE').value
    expect([file.startsWith(`${mount.mountPath}/`), mount.subPath, mount.name]).toEqual([
      true,
      undefined,
      volumes[0].name,
    ])
    const service = of('Service').spec
    expect(service.ports[0].targetPort).toBe(container.ports[0].name)
    for (const matched of [selector.matchLabels, service.selector, of('PodDisruptionBudget').spec.selector.matchLabels])
      expect(template.metadata.labels).toMatchObject(matched)
  })
})

describe('the units of systemd', () => {
  const setting = (text: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''

  test('have the variables of the configuration, time to stop, and the program of the package', async () => {
    const text = await read('koa-scopes.service')
    const names = [...text.matchAll(/^Environment=(.+)$/gm)].flatMap(([, all = '']) =>
      [...all.matchAll(/(\w+)=/g)].map(([, name = '']) => name),
    )
    const known = await variables()
    expect(names.filter((name) => name !== 'NODE_ENV' && !known.has(name))).toEqual([])
    expect(Number(setting(text, 'TimeoutStopSec'))).toBeGreaterThan(await stopSeconds())
    const { bin } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(setting(text, 'ExecStart')).toContain(`node_modules/koa-scopes/${bin['koa-scopes']} start`)
    expect(setting(text, 'MemoryDenyWriteExecute')).toBe('')
  })

  test('are accepted by systemd', async ({ skip }) => {
    const program = { names: ['systemd-analyze'], package: 'systemd', remedy: '' }
    const analyze = await foundProgram(program)
    if (!analyze) return skip('needs systemd-analyze on the PATH')
    const copies = await mkdtemp(join(tmpdir(), 'koa-scopes-units-'))
    onTestFinished(() => rm(copies, { recursive: true }))
    const files: string[] = []
    for (const name of ['koa-scopes.service', 'koa-scopes.socket']) {
      // The path of node is the only one that it looks for.
      const text = (await read(name)).replace('/usr/bin/node', process.execPath)
      files.push(join(copies, name))
      await writeFile(join(copies, name), text)
    }
    const { stderr } = await run(analyze, ['verify', ...files])
    expect(stderr.split('\n').filter((line) => line.includes('koa-scopes'))).toEqual([])
  })
})

describe('a node that is replaced behind', () => {
  const pages = { '/': () => 'home' } satisfies Record<string, Page>

  async function node(drain: Duration) {
    const container = await quietContainer(
      { server: { port: 0, health: '/healthz', drain }, applications: { shop: {} } },
      { applications: { shop: shop(pages) } },
    )
    onTestFinished(() => container.close())
    const { url } = await container.listen()
    return { container, address: new URL(url).host }
  }

  /** Settings that know the place of the server only when it starts. */
  const late =
    (text: string, listen: string) =>
    ({ port }: { readonly port: number }) =>
      text.replace(listen, listen.replace('*:80', `127.0.0.1:${port}`).replace('listen 80', `listen 127.0.0.1:${port}`))

  const fronts: Record<string, (a: string, b: string) => Promise<FrontKind>> = {
    // Ten times as fast as in production, and so is the drain.
    haproxy: async (a, b) => {
      const text = (await read('haproxy.cfg')).replace('10.0.0.1:8080', a).replace('10.0.0.2:8080', b)
      return haproxy(late(text.replace('inter 2s', 'inter 200ms'), 'bind *:80'))
    },
    nginx: async (a, b) => {
      const text = (await read('nginx.conf')).replace('shop-a:8080', a).replace('shop-b:8080', b)
      return nginx(late(text, 'listen 80'))
    },
  }

  test.for(Object.keys(fronts))('%s costs no request', async (name) => {
    const [a, b] = [await node('800ms'), await node('0s')]
    const front = await startFront(await (fronts[name]?.(a.address, b.address) ?? Promise.reject(new Error(name))))
    onTestFinished(() => front.stop())
    let isClosed = false
    const statuses = new Map<number, number>()
    const visit = async () => {
      for (let left = 20; left > 0; left -= isClosed ? 1 : 0) {
        const { status } = await fetch(front.url)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    const visits = Promise.all([visit(), visit(), visit(), visit()])
    await a.container.close()
    isClosed = true
    await visits
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(80)
  })
})
