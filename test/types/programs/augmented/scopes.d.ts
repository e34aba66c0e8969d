import type {} from 'koa-scopes/augment'
import type { ShopScopes } from './shop.js'

declare module 'koa-scopes/augment' {
  interface Scopes extends ShopScopes {}
}
