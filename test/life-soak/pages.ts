import { setTimeout as pause } from 'node:timers/promises'
import { ScopesError } from '../../src/errors/scopes-error.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { Timeout } from '../../src/support/duration.js'
import type { OpenScopes, Page, PageContext } from '../support/shop.js'

type Sessions = ScopedApplication<OpenScopes>['sessions']
/** The part of a request, or of a run of a live connection, that a deed needs. */
export type Members = Pick<PageContext, 'session' | 'scopes'>
type Query = Readonly<Record<string, unknown>>
type Deed = (members: Members, of: (name: string) => string) => unknown

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
  const seen = seenIn(ctx)
  ctx.state.seen = seen
  return { seen, ...(seen && (await done(ctx, deed, ctx.query))) }
}

/** The same in a run of a live connection. */
export async function visitLive(members: Members, name: string, query: Query): Promise<object> {
  const deed = Object.entries<Deed>(deeds).find(([path]) => path === `/${name}`)?.[1]
  if (!deed) throw new RangeError(`No deed: ${name}`)
  const seen = seenIn(members)
  return { seen, ...(seen && (await done(members, deed, query))) }
}

const seenIn = ({ session }: Members) => (session.name === undefined ? null : { ...session })

async function done(members: Members, deed: Deed, query: Query): Promise<object> {
  const result = await deed(members, (name) => String(query[name] ?? ''))
  if (deed !== deeds['/lock']) await pause(Number(query.nap ?? 0))
  return typeof result === 'object' && result !== null ? result : {}
}

/** Tells what the visitor found, and why there is no more to tell. */
export function explain(error: unknown, { ctx }: { readonly ctx?: PageContext }): void {
  if (ctx)
    ctx.body = JSON.stringify({ seen: ctx.state.seen, code: error instanceof ScopesError ? error.code : String(error) })
}

async function idsOf(sessions: Sessions, principal: string): Promise<string[]> {
  return (await sessions.find({ principal })).map(({ id }) => id)
}
