import Router from '@koa/router'
import Koa from 'koa'
import { createContainer, defineApplication, type ScopedContext, type ScopedMembers, type ScopesOf } from 'koa-scopes'
import type {} from 'koa-scopes/augment'
import { exactly } from '../../exactly.js'

interface ShopScopes {
  session: { cart?: string[] }
}

interface BackScopes {
  session: { role?: 'editor' | 'owner' }
}

declare module 'koa-scopes/augment' {
  interface Scopes extends ShopScopes {}
}

const shop = defineApplication<ShopScopes>({})
const back = defineApplication<BackScopes>({})
const container = await createContainer('app.config.yaml', { applications: { shop, back } })

// What is declared for every Koa does not reach one with types of its own.
const koa = new Koa<Koa.DefaultState, ScopedMembers<BackScopes>>()
koa.use(container.scopes(back))
koa.use(role)
koa.use((ctx) => {
  exactly<'editor' | 'owner' | undefined>()(ctx.session.role)
  // @ts-expect-error an attribute of the other application
  ctx.session.cart
})

const router = new Router<Koa.DefaultState, ScopedMembers<ScopesOf<typeof back>>>()
router.get('/', role, (ctx) => {
  exactly<'editor' | 'owner' | undefined>()(ctx.session.role)
})

function role(ctx: ScopedContext<BackScopes>): void {
  ctx.body = ctx.session.role
  // @ts-expect-error an attribute of the other application
  ctx.session.cart
}

new Koa().use(container.scopes(shop)).use((ctx) => {
  exactly<string[] | undefined>()(ctx.session.cart)
})
