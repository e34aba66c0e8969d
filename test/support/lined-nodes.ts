import type { ConfigInput } from '../../src/config/load.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { Clock } from '../../src/support/clock.js'
import type { Duration } from '../../src/support/duration.js'
import { type Logger, silentLogger } from '../../src/support/logger.js'
import { systemClock } from '../../src/support/steady-clock.js'
import { quietContainer } from './container.js'
import type { CacheInput } from './durable-cache.js'
import { type OpenScopes, type Page, shop } from './shop.js'
import { TcpProxy } from './tcp-proxy.js'
import { serveContainer } from './visitor.js'

type ApplicationInput = NonNullable<NonNullable<ConfigInput['applications']>[string]>

export interface StoreNode {
  readonly url: string
  readonly app: ScopedApplication<OpenScopes>
  /** The codes of the errors its requests failed with, in order. */
  readonly errors: string[]
  stop(): Promise<void>
}

export interface StoreNodeOptions {
  /** Its `deadline` is five seconds unless it says otherwise. */
  readonly cache: CacheInput
  readonly pages?: Readonly<Record<string, Page>>
  readonly session?: Extract<ApplicationInput['session'], object>
  readonly clock?: Clock
  /** Default: none. */
  readonly logger?: Logger | undefined
}

export interface RedisNodeOptions extends Omit<StoreNodeOptions, 'cache'> {
  /** Options of the driver. */
  readonly redis: Readonly<Record<string, unknown>>
  readonly deadline?: Duration
}

/** A node whose sessions are in Redis. */
export const redisNode = ({ redis, deadline = '5s', ...options }: RedisNodeOptions): Promise<StoreNode> =>
  storeNode({ ...options, cache: { driver: 'redis', storage: true, deadline, ...redis } })

/** A node whose sessions are in this cache. */
export async function storeNode(options: StoreNodeOptions): Promise<StoreNode> {
  const { cache, pages = {}, session, clock = systemClock, logger = silentLogger } = options
  const errors: string[] = []
  const definition = shop(pages, { onError: (error) => void errors.push(codeOf(error)) })
  const container = await quietContainer(
    {
      caches: { store: { deadline: '5s', ...cache } },
      applications: { shop: { session: { storage: 'store', cluster: true, ...session } } },
    },
    { applications: { shop: definition }, clock, logger },
  )
  const { url, close } = await serveContainer(container)
  const stop = async () => {
    await close()
    await container.close()
  }
  return { url, app: container.application<OpenScopes>('shop'), errors, stop }
}

export interface LinedNodes {
  readonly proxy: TcpProxy
  /** Reaches Redis through the proxy. */
  readonly lined: StoreNode
  readonly other: StoreNode
  stop(): Promise<void>
}

/** Two nodes on the Redis at this port. */
export async function linedNodes(port: number, options: Omit<RedisNodeOptions, 'redis'>): Promise<LinedNodes> {
  const proxy = await TcpProxy.to(port)
  const nodeAt = (at: number) => redisNode({ ...options, redis: { port: at } })
  const [lined, other] = await Promise.all([nodeAt(proxy.port), nodeAt(port)])
  const stop = async () => {
    proxy.heal()
    await Promise.all([lined.stop(), other.stop()])
    await proxy.close()
  }
  return { proxy, lined, other, stop }
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : `${error}`)
