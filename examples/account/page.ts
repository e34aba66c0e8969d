import type { FoundRecord } from 'koa-scopes'
import { type Html, html } from '../visits/html.js'
import { style } from '../visits/style.css.js'

interface Page {
  /** What the last request did. */
  readonly notice: string | undefined
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
  <input id="name" name="name" required maxlength="100" autocomplete="username">
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
  <p><a href="password">Change your password</a></p>
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
      ? form(page, 'password', 'Change it', passwordField('New password', 'new-password'))
      : form(page, 'confirm', 'Go on', passwordField('Enter your password again', 'current-password'))
  }
  <p><a href="./">Back to your account</a></p>
</section>`,
  )

const deviceOf = (page: Page, { current, description, id, lastVisit }: FoundRecord) => html`
<h3>${String(description?.device ?? 'unknown device')}</h3>
<p>${String(description?.address ?? 'unknown address')}, last seen ${time(lastVisit)}${current ? ': this device' : ''}</p>
${current ? '' : form(page, 'end-device', 'Log out', html`<input type="hidden" name="id" value="${id}">`, 'plain')}`

const passwordField = (label: string, autocomplete: string) => html`
<label for="password">${label}</label>
<input id="password" name="password" type="password" required minlength="4" autocomplete="${autocomplete}">`

const form = (page: Page, action: string, verb: string, fields: Html | string = '', look = '') => html`
<form method="post" action="${action}">
  <input type="hidden" name="_csrf" value="${page.token}">
  ${fields}
  <button class="${look}">${verb}</button>
</form>`

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

const time = (date: Date) => html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`

const document = ({ notice }: Page, title: string, main: Html): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  ${style}
</head>
<body>
  <header>
    <h1>${title}</h1>
    <p role="status">${notice ?? ''}</p>
  </header>
  <main>${main}</main>
</body>
</html>
`)
