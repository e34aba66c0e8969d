import Koa from 'koa'
import { createContainer, defineApplication, type ScopedMembers } from 'koa-scopes'
import { exactly } from '../../exactly.js'

interface Scopes {
  session: { cart?: string[] }
}

const shop = defineApplication<Scopes>({})
const container = await createContainer('app.config.yaml', { applications: { shop } })

const koa = new Koa()
koa.use(container.scopes(shop))
koa.use((ctx) => {
  // @ts-expect-error it is `any`: @types/koa says that `ctx` has every member
  exactly<string[] | undefined>()(ctx.session.cart)
})

// The types come with what `use` returns.
const scoped = new Koa().use(container.scopes(shop))
scoped.use((ctx) => {
  exactly<string[] | undefined>()(ctx.session.cart)
  // @ts-expect-error a misspelt attribute
  ctx.session.card
})

const closed = new Koa<Koa.DefaultState, ScopedMembers<Scopes>>()
closed.use(container.scopes('shop'))
closed.use((ctx) => {
  exactly<string[] | undefined>()(ctx.session.cart)
  // @ts-expect-error misspelt
  ctx.sesion
})
