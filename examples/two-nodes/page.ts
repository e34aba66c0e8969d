import { styledDocument } from '../html/document.js'
import { button, textForm } from '../html/forms.js'
import { type Html, html } from '../html/html.js'
import { announced, focused, type Notice } from '../html/notice.js'
import { time } from '../html/time.js'

interface Node {
  readonly name: string
  readonly pid: number
}

/** The content of the page; also the answer to requests for JSON. */
export interface Overview {
  readonly node: Node
  /** From the load balancer; empty if it does not send the header. */
  readonly nodesUp: string
  readonly session: {
    readonly id: string | null
    readonly created: Date | null
    readonly cart: readonly string[]
    readonly user: string | null
    /** Number of sessions of this user, in all browsers. */
    readonly sessionsOfUser: number
  }
  /** Visits of this browser; the count survives its sessions. */
  readonly visits: number
}

export const page = ({ node, nodesUp, session, visits }: Overview, notice?: Notice): string =>
  styledDocument(
    'Two nodes',
    html`
  <header>
    <h1>Node ${node.name} answered</h1>
    <p>It is process ${node.pid}. ${nodesUp === '' ? '' : html`Nodes that are up: <strong>${nodesUp}</strong>.`}</p>
  </header>
  <main>
    ${cartCard(session, notice)}
    ${sessionCard(session, visits)}
    ${accountCard(session, notice)}
  </main>
  <footer>
    <h2>Try this</h2>
    <ul>
      <li>Reload: the nodes take turns, and the cart follows you.</li>
      <li>Kill the node that answered (<code>kill -9 ${node.pid}</code>) and reload: the other node has your cart.</li>
      <li>Kill Redis and reload: the page asks you to wait and shows no empty cart. The cart is back when Redis is.</li>
      <li>Log in with the same name in two browsers, then log out everywhere else.</li>
    </ul>
  </footer>`,
  )

/** Shown in place of a page that needs a session, while the store is unavailable. */
export const outagePage = ({ name, pid }: Node): string =>
  styledDocument(
    'One moment, please',
    html`
  <main>
    <h1>One moment, please</h1>
    <p>We cannot reach your cart at present. It is not lost. This page tries again every five seconds.</p>
    <p><a href="/">Try again now</a></p>
  </main>
  <footer>
    <p>For developers: node ${name} (process ${pid}) is running, but Redis does not answer it. This is a 503.</p>
  </footer>`,
  )

const cartCard = ({ cart }: Overview['session'], notice?: Notice) => html`
<section aria-labelledby="cart" class="tall">
  <h2 id="cart">Cart</h2>
  ${cart.length === 0 ? html`<p>Empty so far.</p>` : html`<dl>${cart.map((item, row) => itemRow(item, row, notice))}</dl>`}
  ${announced(notice, ...cart.map((_, row) => removalOf(row)))}
  <form id="remove" method="post" action="cart/remove"></form>
  ${textForm('cart/add', 'item', 'Add an item', 'Add', notice)}
</section>`

/** The button belongs to the form with the id `remove`. */
const itemRow = (item: string, row: number, notice?: Notice) => html`
<div>
  <dt>${item}</dt>
  <dd><button
    id="${removalOf(row)}" class="plain" form="remove" name="item" value="${item}" aria-label="Remove ${item}"
    ${focused(removalOf(row), notice)}>Remove</button></dd>
</div>`

/** The id of the button that removes the item in this row. */
const removalOf = (row: number) => `remove-${row}`

/** Where a visitor who has removed the item of this row goes on: at the next one. */
export const focusAfterRemoval = (row: number, left: number) =>
  left === 0 ? 'item' : removalOf(Math.min(row, left - 1))

const sessionCard = ({ created, id }: Overview['session'], visits: number) => html`
<section aria-labelledby="session">
  <h2 id="session">Session</h2>
  <p>${id === null ? 'Begins when there is something to store.' : 'The same on every node.'}</p>
  <dl>
    ${fact('Id', id ?? 'none yet')}
    ${fact('Created', created === null ? 'not yet' : time(created))}
    ${fact('Visits of this browser', visits)}
  </dl>
</section>`

const accountCard = ({ sessionsOfUser, user }: Overview['session'], notice?: Notice) => html`
<section aria-labelledby="account">
  <h2 id="account">Account</h2>
  ${
    user === null
      ? textForm('login', 'name', 'Your name (any name works)', 'Log in', notice)
      : html`
  <dl>${fact('Logged in as', user)}${fact('Logged in with', browsers(sessionsOfUser))}</dl>
  ${button('logout-elsewhere', 'Log out everywhere else', notice)}
  ${button('logout', 'Log out', notice)}`
  }
</section>`

const browsers = (count: number) => (count === 1 ? 'this browser' : `${count} browsers`)

const fact = (term: string, value: Html | string | number) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`
