import { html } from './html.js'

/** A form with one text field. */
export const textForm = (action: string, name: string, label: string, verb: string) => html`
<form method="post" action="${action}">
  <label for="${name}">${label}</label>
  <input id="${name}" name="${name}" required maxlength="100" autocomplete="off">
  <button>${verb}</button>
</form>`

/** A form with only a button. */
export const button = (action: string, verb: string) => html`
<form method="post" action="${action}" class="inline">
  <button class="plain">${verb}</button>
</form>`
