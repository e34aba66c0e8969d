import { type ConfigInput, defineApplication } from 'koa-scopes'

interface Scopes {
  session: { visits?: number }
}

/** The application of one tenant. */
const shopOf = (tenant: string) =>
  defineApplication<Scopes>({
    setup(app) {
      app.use((ctx) => {
        ctx.session.visits = (ctx.session.visits ?? 0) + 1
        ctx.body = { tenant, visits: ctx.session.visits }
      })
    },
  })

/** An application for each tenant, at a host of its own: `createContainer(config, { applications })`. */
export function applicationPerTenant(tenants: readonly string[], caches: NonNullable<ConfigInput['caches']>) {
  const declared = (tenant: string) => ({
    host: `${tenant}.example.com`,
    session: { storage: 'shared', cluster: true, limit: { perPrincipal: 3 } },
  })
  const config: ConfigInput = {
    caches, // one of them is `shared`
    applications: Object.fromEntries(tenants.map((tenant) => [tenant, declared(tenant)])),
  }
  return { config, applications: Object.fromEntries(tenants.map((tenant) => [tenant, shopOf(tenant)])) }
}

/** One application for all tenants, which may come and go while it runs. */
export const sharedApplication = (tenantAt: (host: string) => string | undefined) =>
  defineApplication<Scopes>({
    describe: (ctx) => ({ tenant: String(ctx.state.tenant) }),
    setup(app) {
      app.use((ctx, next) => {
        const tenant = tenantAt(ctx.hostname) ?? ctx.throw(404)
        const { principal } = ctx.scopes.session
        // A browser sends a cookie only to its host. This is for one that was copied.
        if (principal !== null && !principal.startsWith(`${tenant}:`)) ctx.throw(403)
        ctx.state.tenant = tenant
        return next()
      })
      app.use(async (ctx) => {
        const { session } = ctx.scopes
        if (ctx.path === '/login') await session.login(`${ctx.state.tenant}:anna`) // after the password was checked
        ctx.body = { tenant: ctx.state.tenant, user: session.principal }
      })
    },
  })
