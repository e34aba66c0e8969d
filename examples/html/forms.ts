import { html } from './html.js'
import { announced, focused, type Notice } from './notice.js'

/** A form with one text field, whose id is its name. */
export const textForm = (action: string, name: string, label: string, verb: string, notice?: Notice) => html`
<form method="post" action="${action}">
  <label for="${name}">${label}</label>
  <input id="${name}" name="${name}" required maxlength="100" autocomplete="off"${focused(name, notice)}>
  <button>${verb}</button>
  ${announced(notice, name)}
</form>`

/** A form with only a button, whose id is the action. */
export const button = (action: string, verb: string, notice?: Notice) => html`
<form method="post" action="${action}" class="inline">
  <button id="${action}" class="plain"${focused(action, notice)}>${verb}</button>
  ${announced(notice, action)}
</form>`
