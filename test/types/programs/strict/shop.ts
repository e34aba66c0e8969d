import { defineApplication } from 'koa-scopes'
import type {} from 'koa-scopes/strict'

export interface ShopScopes {
  session: { cart?: string[] }
}

declare module 'koa-scopes/augment' {
  interface Scopes extends ShopScopes {}
}

declare module 'koa' {
  interface DefaultContext {
    user?: { name: string }
  }
}

export const shop = defineApplication<ShopScopes>({})
