import { defineApplication } from 'koa-scopes'

export interface Scopes {
  application: { startedAt: Date }
  session: { cart?: string[] }
  client: { visits?: number }
}

export const shop = defineApplication<Scopes>({})
