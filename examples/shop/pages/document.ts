import { documentOf } from '../../html/document.js'
import { type Html, html } from '../../html/html.js'
import { announced, focused } from '../../html/notice.js'
import type { Frame } from '../frame.js'

const name = 'Leaf & Kettle'
const head = html`<link rel="stylesheet" href="/style.css">`

/** A page of the shop. Its heading can have the focus and a notice. */
export const document = (frame: Frame, title: string, content: Html): string =>
  documentOf(
    `${title} · ${name}`,
    head,
    html`
  <a class="skip" href="#main">Skip to the content</a>
  <header>
    <a class="name" href="/">${name}</a>
    <nav aria-label="Shop">
      <a href="/cart">Cart (${frame.piecesInCart})</a>
      ${frame.user === null ? html`<a href="/login">Log in</a>` : html`<a href="/account">${frame.user}</a>`}
    </nav>
  </header>
  <main id="main" tabindex="-1">
    <h1 id="title" tabindex="-1"${focused('title', frame.notice)}>${title}</h1>
    ${announced(frame.notice, 'title')}
    ${content}
  </main>
  <footer>An example of koa-scopes. Nothing is sold here.</footer>`,
  )

/** A page that needs no session, such as one that says what went wrong. */
export const bareDocument = (title: string, body: Html): string =>
  documentOf(
    `${title} · ${name}`,
    head,
    html`
  <header><a class="name" href="/">${name}</a></header>
  ${body}`,
  )
