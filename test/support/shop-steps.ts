import { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import { isScopesError } from '../../src/errors/scopes-error.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { ScopeEventMap } from '../../src/scopes/events.js'
import type { Gate } from './gate.js'
import { Money } from './money.js'
import type { OpenScopes, PageContext } from './shop.js'

/** What the steps of a request can reach besides its context. */
export interface ShopFloor {
  readonly app: ScopedApplication<OpenScopes>
  readonly told: readonly ToldEvent[]
  /** Where requests wait until the test lets them go on. */
  gate(name: string): Gate
}

export interface ToldEvent {
  readonly event: keyof ScopeEventMap
  readonly what: unknown
}

interface Occasion extends ShopFloor {
  readonly ctx: PageContext
  /** What follows the equals sign. */
  readonly value: string
  /** The steps that come after this one, which a step may run itself. */
  readonly rest: () => Promise<unknown>
}

/** Large, many, and with names that mean something elsewhere. */
const awkward = (): Record<string, unknown> =>
  Object.fromEntries([
    ['large', 'x'.repeat(2 ** 20)],
    ...['a.b', '$set', 'nul\0', '__proto__', 'constructor', 'toString', '👩‍💻'].map((name) => [name, { name }]),
    ...Array.from({ length: 1_000 }, (_, number) => [`many-${number}`, number]),
  ])

/**
 * What a request may do, one after the other, as its query says: `/?set=name:ada&hold=h1&read`. The answer is what the
 * last step that has a result gave, as JSON.
 */
const steps = {
  // Attributes of the session
  read: ({ ctx }) => ({ ...ctx.session }),
  get: ({ ctx, value }) => ctx.session[value],
  set: ({ ctx, value }) => {
    const [name, content] = pairIn(value)
    ctx.session[name] = content
  },
  push: ({ ctx, value }) => {
    const [name, item] = pairIn(value)
    ctx.session[name] ??= []
    ctx.session[name].push(item)
  },
  increment: ({ ctx, value }) => {
    ctx.session[value] = (ctx.session[value] ?? 0) + 1
  },
  price: ({ ctx, value }) => {
    ctx.session.price = new Money(Number(value))
  },
  remove: ({ ctx, value }) => {
    delete ctx.session[value]
  },
  fill: ({ ctx }) => void Object.assign(ctx.session, awkward()),
  isFilled: ({ ctx }) => isDeepStrictEqual({ ...ctx.session }, awkward()),
  unstorable: ({ ctx, value }) => {
    ctx.session[value] = () => {}
  },

  // The client scope
  remember: ({ ctx, value }) => {
    const [name, content] = pairIn(value)
    ctx.client[name] = content
  },
  recall: ({ ctx }) => ({ ...ctx.client }),

  // The session itself
  id: ({ ctx }) => ctx.scopes.session.id,
  principal: ({ ctx }) => ctx.scopes.session.principal,
  login: ({ ctx, value }) => ctx.scopes.session.login(value),
  rotate: ({ ctx }) => ctx.scopes.session.rotate(),
  invalidate: ({ ctx }) => ctx.scopes.session.invalidate(),
  timeout: ({ ctx, value }) => {
    ctx.scopes.session.timeout = value as '10s'
  },
  commit: ({ ctx, value }) => ctx.scopes.session.commit({ ifUnchanged: value === 'ifUnchanged' }),
  reload: ({ ctx }) => ctx.scopes.session.reload(),
  /** The value is the lease; all steps that follow run inside. */
  lock: ({ ctx, value, rest }) => ctx.scopes.session.lock(rest, { wait: '30s', lease: (value || '10s') as '10s' }),

  // The response
  redirect: ({ ctx, value }) => ctx.redirect(value),
  /** The steps that follow run when the response has begun; its last part is their result, or the code of their error. */
  stream: ({ ctx, rest }) => {
    ctx.body = Readable.from(late(rest))
  },
  fail: ({ ctx, value }) => ctx.throw(Number(value || 500)),
  hold: ({ gate, value }) => gate(value).pass(),
  /** The steps of this request are taken in onRequestStart, which then returns false. */
  refuse: () => {},

  // The application on this node
  application: ({ ctx }) => ({ ...ctx.application }),
  stop: ({ app }) => app.stop(),

  // All sessions, as an admin sees them
  find: async ({ app, value }) => (await app.sessions.find({ principal: value })).map(({ id }) => id),
  count: ({ app }) => app.sessions.count(),
  end: ({ app, value }) => app.sessions.end(value),
  /** What the application has told on this node since its start. */
  told: ({ told, value }) => told.filter(({ event }) => event === value).map(({ what }) => what),
} satisfies Record<string, (occasion: Occasion) => unknown>

export const refuses = (ctx: PageContext): boolean => 'refuse' in ctx.query

const takesOver: readonly string[] = ['lock', 'stream'] satisfies (keyof typeof steps)[]

export async function takeSteps(ctx: PageContext, floor: ShopFloor): Promise<unknown> {
  return walk([...new URLSearchParams(ctx.querystring)], ctx, floor)
}

async function walk(
  [first, ...others]: readonly (readonly [string, string])[],
  ctx: PageContext,
  floor: ShopFloor,
): Promise<unknown> {
  if (!first) return undefined
  const [name, value] = first
  const step = steps[name as keyof typeof steps]
  if (!step) throw new TypeError(`There is no step ${name}`)
  const rest = () => walk(others, ctx, floor)
  const result = await step({ ...floor, ctx, value, rest })
  return takesOver.includes(name) ? result : ((await rest()) ?? result)
}

async function* late(rest: () => Promise<unknown>): AsyncGenerator<string> {
  yield 'begun; '
  try {
    yield JSON.stringify((await rest()) ?? null)
  } catch (error) {
    yield isScopesError(error, 'SCOPE_CLOSED') ? error.code : String(error)
  }
}

function pairIn(value: string): [name: string, content: string] {
  const colon = value.indexOf(':')
  return [value.slice(0, colon), value.slice(colon + 1)]
}
