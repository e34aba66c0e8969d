import { documentOf } from '../html/document.js'
import { type Html, html } from '../html/html.js'
import { announced, type Notice } from '../html/notice.js'

interface Shown {
  readonly node: string
  /** The address of the other node. */
  readonly peer: string
  /** Absent: not logged in. */
  readonly name: string | undefined
  readonly lines: number
  readonly notice: Notice | undefined
}

export const page = ({ lines, name, node, notice, peer }: Shown): string =>
  documentOf(
    'Chat',
    html`${style}${name !== undefined && html`<script type="module" src="chat.js"></script>`}`,
    html`
  <header>
    <h1>Chat</h1>
    <p class="node">Node ${node}. The same session on <a href="${peer}">the other node</a>.</p>
  </header>
  ${name === undefined ? entrance(notice) : room(name, lines)}`,
  )

/** A page without the chat, such as one that says what went wrong. */
export const plainDocument = (title: string, body: Html): string => documentOf(title, style, body)

const style = html`<link rel="stylesheet" href="/style.css">`

const entrance = (notice: Notice | undefined): Html => html`
<main class="entrance">
  <form method="post" action="login">
    <label for="name">Your name</label>
    <div class="field">
      <input id="name" name="name" maxlength="40" required autofocus autocomplete="nickname"
        ${notice && html`aria-describedby="notice"`}>
      <button>Enter</button>
    </div>
    ${announced(notice, 'name')}
  </form>
</main>`

const room = (name: string, lines: number): Html => html`
<main>
  <p class="who">
    <span>You are <strong>${name}</strong>, with <span id="count">${lines}</span> lines in this session.</span>
    <span id="status" role="status" data-state="waiting">connecting</span>
  </p>
  <ol id="lines" aria-live="polite" aria-label="What was said"></ol>
  <form id="say">
    <label for="text" class="unseen">Say something</label>
    <div class="field">
      <input id="text" maxlength="500" autocomplete="off" placeholder="Say something" autofocus>
      <button>Send</button>
    </div>
  </form>
  <form method="post" action="logout"><button class="plain">Log out</button></form>
</main>`
