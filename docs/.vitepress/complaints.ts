/*
 * Everything that VitePress, Vite and Vue warn of while they build the site. A site with a warning is not built.
 */
import { inspect } from 'node:util'

/** The logger that Vite asks for, as far as it is called. */
export class Complaints {
  readonly #heard: string[] = []
  hasWarned = false

  /** Vue and VitePress warn on the console. */
  listen(): void {
    console.warn = (...words: readonly unknown[]) => this.warn(words.map((it) => (typeof it === 'string' ? it : inspect(it))).join(' '))
    console.error = console.warn
  }

  readonly warn = (message: string): void => {
    this.hasWarned = true
    this.#heard.push(message)
  }
  readonly warnOnce = this.warn
  readonly error = this.warn
  readonly info = (message: string): void => console.log(message)
  readonly clearScreen = (): void => {}
  readonly hasErrorLogged = (): boolean => false

  get all(): readonly string[] {
    return this.#heard
  }
}
