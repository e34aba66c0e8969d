import type { Notice } from '../html/notice.js'
import { linesOf, piecesOf } from './cart.js'
import type { Context } from './scopes.js'

/** What every page shows and needs besides its own content. */
export interface Frame {
  readonly user: string | null
  readonly piecesInCart: number
  /** The result of the last form. */
  readonly notice: Notice | undefined
  /** For the forms of the page. */
  readonly token: string
}

/** The frame of the page that answers a request. A notice is shown once. */
export function frameOf({ scopes, session }: Context): Frame {
  const { cart, notice } = session
  delete session.notice
  return {
    user: scopes.session.principal,
    piecesInCart: piecesOf(linesOf(cart)),
    notice,
    token: scopes.session.csrfToken(),
  }
}

/** Redirects to a page, which shows the notice, so that a reload does not repeat the change. */
export function goTo(ctx: Context, path: string, notice?: Notice): void {
  if (notice) ctx.session.notice = notice
  ctx.status = 303
  ctx.redirect(path)
}
