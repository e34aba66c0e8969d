import { request } from 'node:http'
import { createCodec } from '../../src/codec/create.js'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import type { ContainerOptions } from '../../src/container/create-container.js'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { leadOf } from '../../src/scopes/attributes/place.js'
import { sealOf } from '../../src/scopes/record/credential.js'
import type { RecordCreate, Space } from '../../src/storage/contract.js'
import { quietContainer } from './container.js'
import { LogLines } from './log-lines.js'
import { type Answer, Visitor } from './visitor.js'

export const token = 'a-token-for-tests-only'

type CacheInput = NonNullable<ConfigInput['caches']>[string]
type ApplicationInput = NonNullable<NonNullable<ConfigInput['applications']>[string]>
type ScopeInput = Exclude<NonNullable<ApplicationInput['session']>, false>

/** Whose `/` tells the principal, `/login?user=` logs in, and `/put?name=value` writes to the session. */
export const shop = defineApplication<{ session: Record<string, unknown> }>({
  setup(app, { cache }) {
    app.use(async (ctx) => {
      const { session } = ctx.scopes
      if (ctx.path === '/login') await session.login(String(ctx.query.user))
      if (ctx.path === '/put') Object.assign(ctx.session, ctx.query)
      if (ctx.path === '/cached') await cache('pages').remember('front', 'never', () => ({ title: 'Hello' }))
      ctx.body = { id: session.id, principal: session.principal, content: { ...ctx.session } }
    })
  },
})

/** A node with an admin page, both on free ports. */
export interface OperatedNode {
  readonly url: string
  readonly adminUrl: string
  readonly container: Container
  readonly lines: LogLines
}

export interface NodeOptions {
  readonly cache?: CacheInput
  readonly session?: ScopeInput
  /** Of the server. Default: any. */
  readonly port?: number
  readonly admin?: ConfigInput['admin']
  readonly metrics?: ConfigInput['metrics']
  readonly options?: ContainerOptions
}

/** Starts a node that logs into `lines`. */
export async function startOperated({
  admin = {},
  cache = { driver: 'memory', storage: true },
  metrics,
  options,
  port = 0,
  session,
}: NodeOptions = {}): Promise<OperatedNode> {
  const lines = new LogLines()
  const isSealed = cache.driver === 'cookie'
  const scope = { storage: 'store', ...(!isSealed && { cluster: cache.driver !== 'memory' }), ...session }
  const container = await quietContainer(
    {
      server: { port },
      ...(admin !== false && { admin: { port: 0, token, ...admin } }),
      ...(metrics !== undefined && { metrics }),
      caches: { store: cache, pages: { driver: 'memory' } },
      applications: { shop: { session: scope, client: { storage: isSealed ? 'memory' : 'store' } } },
    },
    { applications: { shop }, logger: lines.logger, ...options },
  )
  try {
    const { adminUrl = '', url } = await container.listen()
    return { url, adminUrl, container, lines }
  } catch (error) {
    await container.close()
    throw error
  }
}

/** A program with the token. */
export async function ask(node: Pick<OperatedNode, 'adminUrl'>, path: string, method = 'GET'): Promise<Answer> {
  return new Visitor().get(new URL(node.adminUrl).origin, path, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  })
}

/** The status of the answer to a request with a target and headers that fetch() would not send. */
export const rawStatus = (
  { adminUrl }: Pick<OperatedNode, 'adminUrl'>,
  target: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(adminUrl)
    request({ hostname, port, path: target, method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })

/** The browser of an operator who has signed in. */
export class Operator extends Visitor {
  readonly #base: string
  page = ''

  private constructor(base: string) {
    super()
    this.#base = base
  }

  static async signedIn({ adminUrl }: Pick<OperatedNode, 'adminUrl'>, path = '/'): Promise<Operator> {
    const operator = new Operator(new URL(adminUrl).origin)
    await operator.open(`${path}?token=${token}`)
    return operator
  }

  /** Goes where redirects lead. */
  async open(path: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await this.get(this.#base, path, { ...init, headers: { accept: 'text/html', ...init.headers } })
    const location = answer.headers.get('location')
    if (location) return this.open(location)
    this.page = answer.text
    return answer
  }

  /** Sends the form of the page that goes to this path. */
  async send(action: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const csrf = /name="csrf" value="([^"]*)"/.exec(this.page)?.[1] ?? ''
    return this.open(action, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }) })
  }
}

/** Records of the sessions of shop, put into a store beside its nodes. */
export async function seed(
  cache: CacheInput,
  records: Iterable<Partial<RecordCreate> & { readonly id: string }>,
): Promise<void> {
  await withSpace(cache, async (space) => {
    const now = Date.now()
    const usual = recordOf(now)
    let batch: Promise<unknown>[] = []
    for (const record of records) {
      const { touch } = record
      batch.push(space.save({ ...usual, ...record }, { now: touch?.touchedAt ?? now }))
      if (batch.length < 2_000) continue
      await Promise.all(batch)
      batch = []
    }
    await Promise.all(batch)
  })
}

const recordOf = (now: number) => ({
  mode: 'create' as const,
  version: 'seeded',
  seal: sealOf('of nobody'),
  life: { idleMs: 86_400_000, endsAt: null },
  touch: { touchedAt: now, hits: 1 },
  set: storedAttributes({ cart: ['tea'] }),
})

const codec = createCodec()

/** Attributes as they are stored. */
export const storedAttributes = (values: Readonly<Record<string, unknown>>): Map<string, Uint8Array> =>
  new Map(Object.entries(values).map(([name, value], index) => [name, codec.encode(value, name, leadOf(index))]))

/** The sessions of shop as they are stored. */
export async function withSpace<T>(
  { driver, storage, deadline, ...options }: CacheInput,
  use: (space: Space) => Promise<T>,
): Promise<T> {
  const definition = builtInDrivers.get(driver) as DriverDefinition
  const opened = await definition.create(definition.options.parse(options), {
    cache: 'store',
    directory: '/',
    onEvicted() {},
  })
  await opened.open()
  try {
    return await use(opened.space('shop:session', { endGraceMs: 604_800_000 }))
  } finally {
    await opened.close()
  }
}
