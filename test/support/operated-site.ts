import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ValueTypes } from '../../src/codec/codec.js'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { callCli } from './cli-in-turn.js'
import { sessionPages, shop } from './shop.js'
import { serveContainer, Visitor } from './visitor.js'

export interface OperatedSite {
  readonly file: string
  readonly url: string
  /** The ids of the sessions whose end handler has run here, in order. */
  readonly ended: readonly string[]
  /** Runs `koa-scopes` with these arguments in the folder of the configuration, so that it is the one it takes. */
  cli(...args: readonly string[]): ReturnType<typeof callCli>
  /** A visitor whose session has this query, and this principal if one is given. */
  visitor(query: string, principal?: string): Promise<{ readonly visitor: Visitor; readonly id: string }>
  close(): Promise<void>
}

type Given = Readonly<Record<string, unknown>>

/** Writes a configuration with one application `shop`, whose sessions are in the cache `store`. */
export async function writeSite(folder: string, store: Given, session: Given = {}): Promise<string> {
  const file = join(folder, 'app.config.yaml')
  const scope = { storage: 'store', ...session }
  const config = { caches: { store: { ...store, storage: true } }, applications: { shop: { session: scope } } }
  await writeFile(file, JSON.stringify(config))
  return file
}

/** A node of such a site in this process, for the length of a test. */
export async function operatedSite(
  folder: string,
  store: Given,
  { session, types }: { readonly session?: Given; readonly types?: ValueTypes } = {},
): Promise<OperatedSite> {
  const file = await writeSite(folder, store, session)
  const ended: string[] = []
  const application = shop(
    {
      ...sessionPages,
      '/deep': (ctx) => {
        ctx.session.deep = { list: [1, { at: new Date(0) }], map: new Map([['a', new Set([1n])]]) }
      },
      '/class': (ctx) => {
        const Cart = types?.classes?.Cart as (new () => object) | undefined
        ctx.session.cart = Cart && new Cart()
      },
    },
    { onSessionEnd: ({ id }) => void ended.push(id) },
  )
  const options = { applications: { shop: application }, logger: silentLogger, ...(types && { types }) }
  const container = await createContainer(file, options)
  const { close: stopServing, url } = await serveContainer(container)
  const close = async () => {
    await stopServing()
    await container.close()
  }
  onTestFinished(close)
  return {
    file,
    url,
    ended,
    cli: (...args) => callCli(args, { cwd: folder }),
    async visitor(query, principal) {
      const visitor = new Visitor()
      await visitor.get(url, `/write?${query}`)
      if (principal !== undefined) await visitor.get(url, `/login?as=${encodeURIComponent(principal)}`)
      return { visitor, id: (await visitor.get(url, '/id')).json() }
    },
    close,
  }
}
