import { type Html, html } from './html.js'

/** The result of a form, shown once by the page after it. */
export interface Notice {
  readonly text: string
  /** The id of the control where the visitor goes on. */
  readonly focus: string
}

/**
 * Gives the keyboard focus to the control with this id, if the notice is for it. Screen readers announce a control that gets the
 * focus together with its description, which is the notice: so the page needs no script.
 */
export const focused = (id: string, notice: Notice | undefined): Html | false =>
  notice?.focus === id && html` autofocus aria-describedby="notice"`

/** The text of the notice, if it is for a control with one of these ids. It stands near that control. */
export const announced = (notice: Notice | undefined, ...ids: readonly string[]): Html | false =>
  notice !== undefined && ids.includes(notice.focus) && html`<p id="notice" role="status">${notice.text}</p>`
