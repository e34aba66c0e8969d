import { styledDocument } from '../html/document.js'
import { button, textForm } from '../html/forms.js'
import { type Html, html } from '../html/html.js'
import type { Notice } from '../html/notice.js'
import { time } from '../html/time.js'

/** The content of the three scopes: shown by the page; also the answer to requests for JSON. */
export interface Overview {
  readonly application: { readonly startedAt: Date; readonly requests: number; readonly sessions: number }
  readonly session: {
    readonly id: string | null
    readonly isNew: boolean
    readonly visits: number
    readonly cart: readonly string[]
    readonly user: string | null
  }
  readonly client: { readonly visits: number; readonly hitcount: number; readonly lastvisit: Date | null }
}

export const page = ({ application, client, session }: Overview, notice?: Notice): string =>
  styledDocument(
    'Visits',
    html`
  <header>
    <h1>${greeting(session)}</h1>
    <p>
      You have opened this page <strong>${times(session.visits)}</strong> in this session
      and <strong>${times(client.visits)}</strong> altogether.
    </p>
  </header>
  <main>
    ${sessionCard(session, notice)}
    ${clientCard(client)}
    ${applicationCard(application)}
  </main>
  <footer>
    <p>Kill the server and start it again: session and client keep counting, the application starts from zero.</p>
    <p>The same as JSON: <code>curl -H 'Accept: application/json'</code> with this address.</p>
  </footer>`,
  )

const greeting = ({ isNew, user }: Overview['session']) => {
  if (user !== null) return `Hello, ${user}`
  return isNew ? 'Welcome' : 'Welcome back'
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

const sessionCard = ({ cart, id, isNew, user, visits }: Overview['session'], notice?: Notice) => html`
<section aria-labelledby="session" class="tall">
  <h2 id="session">Session</h2>
  <p>Yours until you log out or do not come back in time.</p>
  ${facts({ Visits: visits, New: isNew ? 'yes' : 'no', User: user ?? 'none yet', Id: id ?? 'none' })}
  <h3>Cart</h3>
  ${cart.length === 0 ? html`<p>Empty so far.</p>` : html`<ul>${cart.map((item) => html`<li>${item}</li>`)}</ul>`}
  ${textForm('cart', 'item', 'Add an item', 'Add', notice)}
  <h3>Account</h3>
  <p>Logging in and rotating give the session a new cookie; its id and content stay.</p>
  ${user === null ? textForm('login', 'name', 'Your name', 'Log in', notice) : button('logout', 'Log out', notice)}
  ${button('rotate', 'Rotate', notice)}
</section>`

const clientCard = ({ hitcount, lastvisit, visits }: Overview['client']) => html`
<section aria-labelledby="client">
  <h2 id="client">Client</h2>
  <p>Belongs to this browser for months, longer than any session.</p>
  ${facts({ Visits: visits, Requests: hitcount, 'Last visit': lastvisit ? time(lastvisit) : 'none' })}
</section>`

const applicationCard = ({ requests, sessions, startedAt }: Overview['application']) => html`
<section aria-labelledby="application">
  <h2 id="application">Application</h2>
  <p>Shared by all visitors until the process ends.</p>
  ${facts({ Requests: requests, 'Open sessions': sessions, Started: time(startedAt) })}
</section>`

const facts = (entries: Record<string, Html | string | number>) =>
  html`<dl>${Object.entries(entries).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`
