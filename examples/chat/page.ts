import { type Html, html } from '../visits/html.js'

interface Shown {
  readonly node: string
  /** The address of the other node. */
  readonly peer: string
  /** Absent: not logged in. */
  readonly name: string | undefined
  readonly lines: number
}

export const page = ({ lines, name, node, peer }: Shown): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Chat</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="style.css">
  ${name === undefined ? '' : html`<script type="module" src="chat.js"></script>`}
</head>
<body>
  <header>
    <h1>Chat</h1>
    <p class="node">Node ${node}. The same session on <a href="${peer}">the other node</a>.</p>
  </header>
  ${name === undefined ? entrance() : room(name, lines)}
</body>
</html>
`)

const entrance = (): Html => html`
<main class="entrance">
  <form method="post" action="login">
    <label for="name">Your name</label>
    <div class="field">
      <input id="name" name="name" maxlength="40" required autofocus autocomplete="nickname">
      <button>Enter</button>
    </div>
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
