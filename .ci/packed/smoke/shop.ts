import { defineApplication } from 'koa-scopes'

interface Scopes {
  session: { visits?: number }
}

export default defineApplication<Scopes>({
  setup(app) {
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = { visits: ctx.session.visits }
    })
  },
})
