import { randomBytes } from 'node:crypto'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import type { ContainerOptions } from '../../src/container/create-container.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { ApplicationDefinition } from '../../src/koa/define-application.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from './container.js'
import type { OpenScopes } from './shop.js'
import { serveContainer } from './visitor.js'

type ApplicationInput = NonNullable<NonNullable<ConfigInput['applications']>[string]>

/** What a node of a site has of its own. */
export interface SealedNodeOptions extends Pick<ApplicationInput, 'session' | 'client'> {
  /** The keys of the cookie driver besides its name. */
  readonly cache?: Readonly<Record<string, unknown>>
  readonly caches?: NonNullable<ConfigInput['caches']>
  readonly options?: ContainerOptions
  /** Further applications, the same but for their names; each is mounted under its own. */
  readonly neighbours?: readonly string[]
}

export interface SealedNode {
  readonly url: string
  readonly container: Container
  readonly app: ScopedApplication<OpenScopes>
}

export const newKey = (): string => randomBytes(32).toString('base64url')

/** Nodes with equal keys, on one clock, whose sessions and clients are sealed in cookies. */
export class SealedSite {
  readonly clock = new ManualClock()
  readonly key = newKey()
  readonly #ends: (() => Promise<void>)[] = []

  async node(shop: ApplicationDefinition<OpenScopes>, given: SealedNodeOptions = {}): Promise<SealedNode> {
    const { cache, caches, neighbours = [], options, session = {}, client = {} } = given
    const scopes = { session: stored(session), client: stored(client) }
    const besides = Object.fromEntries(neighbours.map((name) => [name, { mount: `/${name}`, ...scopes }]))
    const applications = { shop: scopes, ...besides }
    const browser = { driver: 'cookie', keys: [this.key], storage: true, ...cache }
    const container = await quietContainer({ caches: { browser, ...caches }, applications } as ConfigInput, {
      clock: this.clock,
      applications: Object.fromEntries(Object.keys(applications).map((name) => [name, shop])),
      ...options,
    })
    const { url, close } = await serveContainer(container)
    this.#ends.push(async () => {
      await close()
      await container.close()
    })
    return { url, container, app: container.application<OpenScopes>('shop') }
  }

  async pair(shop: ApplicationDefinition<OpenScopes>, given?: SealedNodeOptions): Promise<[SealedNode, SealedNode]> {
    return [await this.node(shop, given), await this.node(shop, given)]
  }

  /** Lets time pass in which nobody does anything. */
  skip(ms: number): void {
    this.clock.jump(ms)
  }

  async close(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()))
  }
}

const stored = <Scope extends ApplicationInput['session' | 'client']>(scope: Scope) =>
  scope && { storage: 'browser', ...scope }
