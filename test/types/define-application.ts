import { defineApplication, type EndReason, type EventName, type Logger, type ScopeHandle } from 'koa-scopes'
import { exactly } from './exactly.js'
import type { Scopes } from './shop.js'

defineApplication<Scopes>({
  onApplicationStart({ application, log }) {
    application.startedAt = new Date()
    exactly<Logger>()(log)
  },
  onSessionStart({ application, client, ctx, log, session }) {
    exactly<Logger>()(log)
    exactly<Date>()(application.startedAt)
    exactly<number | undefined>()(client.visits)
    exactly<string[] | undefined>()(session.cart)
    exactly<string[] | undefined>()(ctx.session.cart)
  },
  onSessionEnd({ attempt, reason, session }) {
    exactly<string[] | undefined>()(session.cart)
    exactly<EndReason>()(reason)
    exactly<number>()(attempt)
  },
  onClientEnd({ client }) {
    exactly<number | undefined>()(client.visits)
  },
  onRequestStart: (ctx) => ctx.session.cart !== undefined,
  async onRequest(ctx, next) {
    ctx.client.visits = (ctx.client.visits ?? 0) + 1
    await next()
  },
  onRequestEnd(ctx) {
    exactly<Date>()(ctx.application.startedAt)
  },
  onMissingTemplate(ctx) {
    ctx.body = ctx.path
  },
  onAbort(ctx) {
    exactly<string[] | undefined>()(ctx.session.cart)
  },
  onError(error, { ctx, event }) {
    exactly<unknown>()(error)
    exactly<EventName>()(event)
    exactly<string[] | undefined>()(ctx?.session.cart)
  },
  setup(app) {
    app.use(async (ctx, next) => {
      ctx.session.cart ??= []
      ctx.session.cart.push('tea')
      exactly<number | undefined>()(ctx.client.visits)
      exactly<Date>()(ctx.application.startedAt)
      exactly<ScopeHandle<Scopes['session']>>()(ctx.scopes.session)
      await ctx.scopes.session.login('ada')
      ctx.scopes.client.timeout = '90d'
      await next()
    })
  },
})

// CFML's keys can be read, not written.
defineApplication<Scopes>({
  onRequestStart({ client, session }) {
    exactly<string | undefined>()(session.sessionid)
    exactly<'0'>()(session.cftoken)
    exactly<Date | undefined>()(client.lastvisit)
    exactly<number>()(client.hitcount)
    // @ts-expect-error read-only
    session.sessionid = 'mine'
    // @ts-expect-error read-only
    client.hitcount = 0
  },
})

// What an application has not declared, or misspells, does not compile.
defineApplication<{ session: { cart?: string[] } }>({
  onRequestStart(ctx) {
    // @ts-expect-error misspelt
    void ctx.sesion
    // @ts-expect-error misspelt attribute
    void ctx.session.card
    // @ts-expect-error an attribute of another type
    ctx.session.cart = 'tea'
    // @ts-expect-error a scope itself cannot be assigned
    ctx.session = {}
    // @ts-expect-error not declared
    void ctx.client
    // @ts-expect-error not declared
    void ctx.scopes.client
  },
  setup(app) {
    // @ts-expect-error not declared
    app.use((ctx) => ctx.client)
  },
})

// @ts-expect-error there is no such scope
defineApplication<{ sesion: { cart?: string[] } }>({})

defineApplication<Scopes>({
  // @ts-expect-error there is no such handler
  onSesionEnd() {},
})

// Without a type argument the application scope takes anything, and there is no record scope.
defineApplication({
  onApplicationStart({ application }) {
    application.startedAt = new Date()
  },
  onRequestStart(ctx) {
    exactly<unknown>()(ctx.application.startedAt)
    // @ts-expect-error not declared
    void ctx.session
  },
})
