import type { Stranger } from '../access/access.js'
import type { Page } from '../answer.js'
import { html } from '../html/html.js'

const problems = {
  'nothing shown': undefined,
  'wrong token': 'This is not the token.',
  limited: 'Too many wrong tokens came from your address. Wait a minute.',
}

/**
 * The page that asks for the token. `site`: the header Sec-Fetch-Site. A browser that followed a link of another site has not sent
 * the cookie, so the page asks again at once: now it does.
 */
export const loginPage = ({ reason }: Stranger, next: string, site: string): Page => ({
  title: 'Log in',
  section: 'none',
  data: {},
  isAskedAgain: reason === 'nothing shown' && site === 'cross-site',
  body: () => html`<div class="panel login">
${problems[reason] && html`<p class="problem" role="alert">${problems[reason]}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="current-password" spellcheck="false" aria-describedby="where">
<button>Log in</button>
</form>
<p id="where" class="hint">It is <code>admin.token</code> in the configuration. Where none is set, the node has printed an address with a token in it when it started.</p>
</div>`,
})
