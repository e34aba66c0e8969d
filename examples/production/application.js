/** @type {import('koa-scopes').ApplicationDefinition<{ session: { visits?: number } }>} */
export default {
  setup(app) {
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
      ctx.body = `Visit ${ctx.session.visits}\n`
    })
  },
}
