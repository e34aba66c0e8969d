import { html } from '../../html/html.js'
import { announced, focused } from '../../html/notice.js'
import type { Frame } from '../frame.js'
import { demoUsers } from '../users.js'
import { document } from './document.js'
import { postForm } from './form.js'

/** `name` is in the form already: that of the last login in this browser, or of the last attempt. */
export const loginPage = (frame: Frame, name = ''): string =>
  document(
    frame,
    'Log in',
    html`
<div class="card">
  ${postForm(
    frame,
    '/login',
    html`
  <label for="name">Name</label>
  <input id="name" name="name" required maxlength="100" autocomplete="username" value="${name}"${focused('name', frame.notice)}>
  ${announced(frame.notice, 'name')}
  <label for="password">Password</label>
  <input
    id="password" name="password" type="password" required maxlength="1000" autocomplete="current-password"
    ${focused('password', frame.notice)}>
  ${announced(frame.notice, 'password')}
  <button>Log in</button>`,
  )}
</div>
<h2>For trying it</h2>
<ul>${Object.entries(demoUsers).map(([user, password]) => html`<li><b>${user}</b> with <code>${password}</code></li>`)}</ul>`,
  )
