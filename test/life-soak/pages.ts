import { setTimeout as pause } from 'node:timers/promises'
import { ScopesError } from '../../src/errors/scopes-error.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { Timeout } from '../../src/support/duration.js'
import type { OpenScopes, Page, PageContext } from '../support/shop.js'

type Sessions = ScopedApplication<OpenScopes>['sessions']
type Deed = (ctx: PageContext, of: (name: string) => string) => unknown

const deeds = {
  '/read': () => {},
  '/write': ({ session }, of) => {
    if (of('value')) session[of('counter')] = of('value')
    else delete session[of('counter')]
  },
  '/timeout': ({ scopes }, of) => {
    scopes.session.timeout = of('timeout') as Timeout
  },
  '/increment': async ({ scopes }) => ({ sum: await scopes.session.increment('sum') }),
  /** Reads, and writes what it read and 1 more. */
  '/lock': (ctx, of) =>
    ctx.scopes.session.lock(
      async () => {
        const before = ctx.session.locked ?? 0
        await pause(Number(of('nap')))
        ctx.session.locked = before + 1
        return { sum: ctx.session.locked }
      },
      { wait: '15s', lease: '5s' },
    ),
  '/rotate': ({ scopes }) => scopes.session.rotate(),
  '/login': ({ scopes }, of) => scopes.session.login(of('principal')),
  '/invalidate': ({ scopes }) => scopes.session.invalidate(),
} satisfies Record<string, Deed>

/** What visitors do. The answer tells what they found before, and nothing is done where that is no session. */
export function pagesWith(sessions: () => Sessions): Readonly<Record<string, Page>> {
  const withSession = ([path, deed]: [string, Deed]): [string, Page] => [path, (ctx) => visit(ctx, deed)]
  return {
    '/begin': ({ query, scopes, session }) => {
      const { name, atEnd, timeout, lifetime } = query
      Object.assign(session, { name, atEnd })
      scopes.session.timeout = timeout as Timeout
      if (lifetime) scopes.session.lifetime = lifetime as Timeout
    },
    ...Object.fromEntries(Object.entries(deeds).map(withSession)),
    '/end': async ({ query }) => ({ ended: await sessions().end(String(query.id)) }),
    '/endOthers': async ({ query }) => ({
      ended: await sessions().end({ principal: String(query.principal) }, { except: String(query.id) }),
    }),
    '/find': async ({ query }) => ({ found: await idsOf(sessions(), String(query.principal)) }),
    '/all': async () => (await sessions().list({ limit: 100 })).items.map(({ id }) => id),
  }
}

async function visit(ctx: PageContext, deed: Deed): Promise<unknown> {
  const { query, session, state } = ctx
  state.seen = session.name === undefined ? null : { ...session }
  if (state.seen === null) return { seen: null }
  const result = await deed(ctx, (name) => String(query[name] ?? ''))
  if (ctx.path !== '/lock') await pause(Number(query.nap ?? 0))
  return { seen: state.seen, ...(typeof result === 'object' && result) }
}

/** Tells what the visitor found, and why there is no more to tell. */
export function explain(error: unknown, { ctx }: { readonly ctx?: PageContext }): void {
  if (ctx)
    ctx.body = JSON.stringify({ seen: ctx.state.seen, code: error instanceof ScopesError ? error.code : String(error) })
}

async function idsOf(sessions: Sessions, principal: string): Promise<string[]> {
  return (await sessions.find({ principal })).map(({ id }) => id)
}
