import type { OperatorSession } from '../access/operator-sessions.js'
import { type Html, html } from './html.js'

const sections = {
  overview: ['Overview', '/'],
  applications: ['Applications', '/applications'],
  records: ['Sessions', '/records'],
  caches: ['Caches', '/caches'],
  events: ['Events', '/events'],
  configuration: ['Configuration', '/configuration'],
} as const

export type Section = keyof typeof sections | 'none'

/** The section of a page that could not be made, by its path. */
export function sectionAt(path: string): Section {
  const [first = '', name, scope] = path.split('/').slice(1)
  if (first === 'applications' && name && scope) return 'records'
  return Object.keys(sections).find((section): section is keyof typeof sections => section === first) ?? 'none'
}

export interface Framed {
  readonly title: string
  readonly section: Section
  readonly body: Html
  /** The address of this node, as its operators know it. */
  readonly node: string
  readonly isClosing: boolean
  /** The browser asks for the page again at once. */
  readonly isAskedAgain: boolean
  /** Absent for who has not signed in by a browser. */
  readonly session?: OperatorSession | undefined
  /** A sentence about what was just done. */
  readonly notice?: string | undefined
}

/** A whole page: without scripts and styles in it, so that the content security policy can forbid them. */
export const framed = ({ body, isAskedAgain, isClosing, node, notice, section, session, title }: Framed): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  ${isAskedAgain && html`<meta http-equiv="refresh" content="0">`}
  <title>${title} · koa-scopes</title>
  <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/uplot.css">
  <link rel="stylesheet" href="/assets/admin.css">
  <script type="module" src="/assets/admin.js"></script>
</head>
<body>
  <a class="skip" href="#main">Skip to the content</a>
  <header class="bar">
    <p class="brand"><a href="/"><img src="/assets/icon.svg" alt="" width="20" height="20"> koa-scopes</a> <span class="node">${node}</span></p>
    ${session && navigation(section)}
    ${session && signOut(session)}
  </header>
  <main id="main" tabindex="-1">
    <h1>${title}</h1>
    ${isClosing && html`<p class="notice caution" role="status">This node is shutting down.</p>`}
    <div role="status">${notice && html`<p class="notice">${notice}</p>`}</div>
    ${body}
  </main>
</body>
</html>
`)

const navigation = (current: Section) =>
  html`<nav aria-label="Pages"><ul>${Object.entries(sections).map(
    ([section, [label, path]]) =>
      html`<li><a href="${path}"${section === current && html` aria-current="page"`}>${label}</a></li>`,
  )}</ul></nav>`

const signOut = (session: OperatorSession) => html`<form class="leave" method="post" action="/logout">
      <input type="hidden" name="csrf" value="${session.csrf}">
      <button class="quiet">Log out</button>
    </form>`
