import { defineApplication } from 'koa-scopes'

export interface ShopScopes {
  application: { startedAt: Date }
  session: { cart?: string[]; views?: number }
}

export const shop = defineApplication<ShopScopes>({})
