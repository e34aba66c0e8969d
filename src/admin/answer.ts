import type { Html } from './html/html.js'
import type { Section } from './html/layout.js'

/** What a route answers with: a page, which is JSON for programs, or what was done. */
export type Answer = Page | Done | Moved

export interface Page {
  readonly title: string
  /** The part of the navigation that it belongs to. */
  readonly section: Section
  /** The answer to a program. */
  readonly data: object
  readonly body: () => Html
  /** The browser asks for the page again at once. */
  readonly isAskedAgain?: boolean
}

/** A change was made. A browser goes to `to` and shows the sentence there. */
export interface Done {
  readonly done: string
  readonly to: string
  readonly data: object
}

/** A browser goes to another page; a program gets the data. */
export interface Moved {
  readonly to: string
  readonly data: object
}

/** An answer other than what was asked for. */
export class Refusal extends Error {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, message: string) {
    super(message)
    this.status = status
    this.title = title
  }
}

export const notFound = (message: string): Refusal => new Refusal(404, 'Not found', message)
