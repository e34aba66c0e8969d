import { type Container, createContainer, defineApplication } from 'koa-scopes'

import scopes = require('koa-scopes')

const shop = defineApplication<{ session: { visits?: number } }>({
  setup(app) {
    app.use((ctx) => {
      ctx.session.visits = (ctx.session.visits ?? 0) + 1
    })
  },
})

export const container: Promise<Container> = createContainer({}, { applications: { shop } })
export const { isScopesError }: typeof scopes = scopes
