import type { Operator } from '../access/access.js'
import type { Page } from '../answer.js'
import { type Html, html } from '../html/html.js'
import type { Section } from '../html/layout.js'

export interface Confirmation {
  readonly title: string
  readonly section: Section
  readonly operator: Operator
  /** What happens, and whether it can be undone. */
  readonly question: Html
  /** Where the form goes. */
  readonly action: string
  /** What the button says. */
  readonly verb: string
  /** The page to go back to. */
  readonly back: string
}

/** A page that asks before something is changed. */
export const confirmation = ({ action, back, operator, question, section, title, verb }: Confirmation): Page => ({
  title,
  section,
  data: { confirm: { method: 'POST', path: action } },
  body: () => html`<div class="panel confirm">${question}
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${operator.session?.csrf ?? ''}">
<button class="danger">${verb}</button> <a class="button quiet" href="${back}">Cancel</a>
</form></div>`,
})
