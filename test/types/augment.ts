import Koa from 'koa'
import type {} from 'koa-scopes/augment'
import { exactly } from './exactly.js'

declare module 'koa-scopes/augment' {
  interface Application {
    startedAt: Date
  }
  interface Session {
    cart?: string[]
  }
  interface Client {
    visits?: number
  }
}

new Koa().use((ctx) => {
  exactly<Date>()(ctx.application.startedAt)
  exactly<string[] | undefined>()(ctx.session.cart)
  exactly<number>()(ctx.client.hitcount)
  exactly<string | undefined>()(ctx.scopes.session.id)
  // @ts-expect-error an attribute of another type
  ctx.session.cart = 'tea'
})
