import type Router from '@koa/router'
import type Koa from 'koa'
import type { ScopedContext, ScopedMembers } from 'koa-scopes'
import type { Notice } from '../html/notice.js'
import type { Attempts } from './attempts.js'
import type { Cart } from './cart.js'

export interface Scopes {
  application: { attempts: Attempts }
  session: {
    cart?: Cart
    /** The number of the next order, from the first look at the checkout until the order is placed. */
    nextOrder?: string
    /** The number of the last order. */
    lastOrder?: string
    /** Shown by the next page. */
    notice?: Notice
  }
  /** What the shop knows of a visitor who comes back after weeks. */
  client: {
    /** The user who logged in last. */
    name?: string
    /** The ids of the products viewed last, the latest first. */
    recent?: string[]
  }
}

export type Context = ScopedContext<Scopes>
export type ShopRouter = Router<Koa.DefaultState, ScopedMembers<Scopes>>
