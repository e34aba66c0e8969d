import { type Html, html } from '../../html/html.js'
import { announced, focused } from '../../html/notice.js'
import type { Frame } from '../frame.js'

export const postForm = ({ token }: Frame, action: string, fields: Html): Html => html`
<form method="post" action="${action}">
  <input type="hidden" name="_csrf" value="${token}">
  ${fields}
</form>`

interface Button {
  readonly id: string
  readonly verb: string
  /** What the verb is about, for those who hear the button alone. */
  readonly about?: string
  readonly look?: 'plain'
}

/** A button that can have the focus after a form was sent. */
export const button = ({ notice }: Frame, { about, id, look, verb }: Button): Html => html`
<button id="${id}"${look && html` class="${look}"`}${focused(id, notice)}>
  ${verb}${about !== undefined && html`<span class="unseen"> ${about}</span>`}
</button>`

/** A form with only a button, and its notice. */
export const buttonForm = (frame: Frame, action: string, one: Button, fields?: Html): Html =>
  postForm(frame, action, html`${fields}${button(frame, one)}${announced(frame.notice, one.id)}`)
