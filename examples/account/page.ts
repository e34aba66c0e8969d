import type { FoundRecord } from 'koa-scopes'
import { styledDocument } from '../html/document.js'
import { type Html, html } from '../html/html.js'
import { announced, focused, type Notice } from '../html/notice.js'
import { time } from '../html/time.js'

interface Page {
  readonly notice: Notice | undefined
  /** For the forms. */
  readonly token: string
}

export const loginPage = (page: Page) =>
  document(
    page,
    'Log in',
    html`
<section>
  ${form(
    page,
    'login',
    'Log in',
    html`<label for="name">Name (anna or berta)</label>
  <input id="name" name="name" required maxlength="100" autocomplete="username"${focused('name', page.notice)}>
  ${announced(page.notice, 'name')}
  <label for="password">Password (secret)</label>
  <input id="password" name="password" type="password" required autocomplete="current-password">
  <label><input name="remember" type="checkbox"> Remember me for 30 days</label>`,
  )}
</section>`,
  )

export const accountPage = (page: Page & { readonly user: string; readonly devices: readonly FoundRecord[] }) =>
  document(
    page,
    `Hello, ${page.user}`,
    html`
<section aria-labelledby="devices" class="tall">
  <h2 id="devices">Your devices</h2>
  ${page.devices.map((device) => deviceOf(page, device))}
</section>
<section aria-labelledby="account">
  <h2 id="account">Account</h2>
  <p><a id="change" href="password"${focused('change', page.notice)}>Change your password</a></p>
  ${announced(page.notice, 'change')}
  ${form(page, 'end-others', 'Log out all others', '', 'plain')}
  ${form(page, 'logout', 'Log out', '', 'plain')}
</section>`,
  )

export const passwordPage = (page: Page & { readonly isRecent: boolean }) =>
  document(
    page,
    'Change your password',
    html`
<section>
  ${
    page.isRecent
      ? form(page, 'password', 'Change it', passwordField(page, 'New password', 'new-password'))
      : form(page, 'confirm', 'Go on', passwordField(page, 'Enter your password again', 'current-password'))
  }
  <p><a href="./">Back to your account</a></p>
</section>`,
  )

const deviceOf = (page: Page, { current, description, id, lastVisit }: FoundRecord) => html`
<h3>${String(description?.device ?? 'unknown device')}</h3>
<p>${String(description?.address ?? 'unknown address')}, last seen ${time(lastVisit)}${current ? ': this device' : ''}</p>
${current ? '' : form(page, 'end-device', 'Log out', html`<input type="hidden" name="id" value="${id}">`, 'plain')}`

const passwordField = ({ notice }: Page, label: string, autocomplete: string) => html`
<label for="password">${label}</label>
<input
  id="password" name="password" type="password" required minlength="4" autocomplete="${autocomplete}"
  ${focused('password', notice)}>
${announced(notice, 'password')}`

const form = (page: Page, action: string, verb: string, fields: Html | string = '', look = '') => html`
<form method="post" action="${action}">
  <input type="hidden" name="_csrf" value="${page.token}">
  ${fields}
  <button class="${look}">${verb}</button>
</form>`

const document = ({ notice }: Page, title: string, main: Html): string =>
  styledDocument(
    title,
    html`
  <header>
    <h1 id="title" tabindex="-1"${focused('title', notice)}>${title}</h1>
    ${announced(notice, 'title')}
  </header>
  <main>${main}</main>`,
  )
