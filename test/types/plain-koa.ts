import Koa from 'koa'
import { type Container, createContainer, type ScopedContext, type ScopedMembers } from 'koa-scopes'
import { exactly } from './exactly.js'
import { type Scopes, shop } from './shop.js'

export async function chained(container: Container): Promise<Koa> {
  const koa = new Koa()
  koa.use(container.scopes(shop)).use((ctx) => {
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<number | undefined>()(ctx.client.visits)
  })
  return koa
}

export function typedApp(container: Container): void {
  const koa = new Koa<Koa.DefaultState, ScopedMembers<Scopes>>()
  koa.use(container.scopes(shop))
  koa.use(async (ctx, next) => {
    greet(ctx)
    exactly<string[] | undefined>()(ctx.session.cart)
    // @ts-expect-error misspelt
    void ctx.sesion
    await next()
  })
}

function greet(ctx: ScopedContext<Scopes>): void {
  ctx.body = `visit ${ctx.client.visits}`
}

export async function container(): Promise<void> {
  const container = await createContainer(
    { applications: { shop: { session: { timeout: '30m' }, client: { timeout: 'never' } } } },
    { applications: { shop } },
  )
  const app = container.application(shop)
  exactly<Date>()(app.scope.startedAt)
  await app.sessions.open('id', ({ cart }, handle) => {
    exactly<string[] | undefined>()(cart)
    exactly<string | null>()(handle.principal)
  })
  const visits = await app.clients.open('id', (client) => client.visits)
  exactly<number | undefined>()(visits)
  app.events.on('session:end', ({ id, reason }) => [id, reason])
  app.use((ctx) => {
    exactly<string[] | undefined>()(ctx.session.cart)
  })
  // By its name nothing is known of its scopes.
  void container.application('shop').sessions
  // @ts-expect-error no driver's `create` is a string
  await createContainer('app.config.yaml', { drivers: [{ name: 'x', create: 'y' }] })
  // @ts-expect-error there is no such key
  await createContainer({ applicatons: {} })
  await container.close()
}
