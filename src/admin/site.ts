import Koa from 'koa'
import type { Access, Operator } from './access/access.js'
import { guard } from './access/guard.js'
import { isAllowedHost } from './access/hosts.js'
import { type Answer, notFound, Refusal } from './answer.js'
import { Answering } from './answering.js'
import type { ExtraRoute, Operated } from './operated.js'
import { type Route, routeFor } from './route.js'
import { staticFile } from './static-files.js'

/** No scripts, styles and frames of other sites, and none in the page itself. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

export interface SiteParts {
  readonly operated: Operated
  readonly access: Access
  readonly routes: readonly Route[]
  /** The name of this node, in the head of each page. */
  readonly node: string
}

/** The pages as a Koa app. */
export function siteOf(parts: SiteParts): Koa {
  const answering = new Answering(parts.operated, parts.node)
  const app = new Koa()
  app.on('error', (error, ctx) => answering.logFailure(error, ctx.req)) // without a listener Koa prints stacks by itself
  app.use(async (ctx) => {
    ctx.set(headers)
    const visit: { operator?: Operator } = {}
    try {
      const answer = await serve(ctx, parts, visit)
      if (answer) answering.send(ctx, answer, visit.operator)
    } catch (error) {
      answering.fail(ctx, error, visit.operator)
    }
  })
  return app
}

/** The order of the steps is that of the checks. undefined: it has answered. */
async function serve(
  ctx: Koa.Context,
  { access, operated, routes }: SiteParts,
  visit: { operator?: Operator },
): Promise<Answer | undefined> {
  checkHost(ctx, operated)
  if (ctx.path.startsWith('/assets/')) return sendFile(ctx)
  const extra = operated.extra.get(ctx.path)
  if (extra?.access === 'open') return sendExtra(ctx, extra)
  const operator = await guard(ctx, access)
  if (!operator) return undefined
  visit.operator = operator
  return extra ? sendExtra(ctx, extra) : answerOf(ctx, routes, operator)
}

async function answerOf(ctx: Koa.Context, routes: readonly Route[], operator: Operator): Promise<Answer> {
  const { found, methods } = routeFor(routes, ctx.method === 'HEAD' ? 'GET' : ctx.method, ctx.path)
  if (found) return found.route.answer({ operator, params: found.params, query: new URLSearchParams(ctx.querystring) })
  if (methods.length === 0) throw noSuchPage()
  ctx.set('Allow', methods.join(', '))
  throw new Refusal(405, 'Not possible here', `This address answers to ${methods.join(', ')}.`)
}

/** Throws a refusal, 421. */
function checkHost(ctx: Koa.Context, { config: { admin } }: Operated): void {
  if (admin && isAllowedHost(ctx.get('host'), admin)) return
  throw new Refusal(
    421,
    'Another host',
    'The admin page does not answer under this name. If it is yours, add it to admin.hosts in the configuration.',
  )
}

function sendFile(ctx: Koa.Context): undefined {
  const file = staticFile(ctx.path.slice('/assets/'.length))
  if (!file) throw notFound('There is no such file.')
  ctx.set('Cache-Control', 'no-cache')
  ctx.type = file.type
  ctx.body = file.text
}

/**
 * The route answers by itself. It may read the target of the request in another way than `ctx.path` does, as in `x://a/healthz`, and
 * then does not answer. Throws a refusal, 404.
 */
function sendExtra(ctx: Koa.Context, { serve }: ExtraRoute): undefined {
  ctx.status = 200
  if (!serve(ctx.req, ctx.res)) throw noSuchPage()
  ctx.respond = false
}

const noSuchPage = (): Refusal => notFound('There is no such page.')
