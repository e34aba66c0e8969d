import { once } from 'node:events'
import { styleText } from 'node:util'
import { visibleJson } from './visible.js'

/** The reader has closed the pipe, as `head` does when it has its lines: what is left to print is of no use. */
export class OutputClosed extends Error {}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

/** Standard output: text for a person, or JSON for a program. */
export class Output {
  readonly #stream = process.stdout
  /** Node opens standard output again after an error, so the stream itself does not tell. */
  #isClosed = false

  constructor() {
    this.#stream.once('error', () => {
      this.#isClosed = true
    })
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  /** The columns of the terminal; undefined: there is none, so nothing is cut. */
  get columns(): number | undefined {
    return this.isTerminal ? this.#stream.columns : undefined
  }

  get rows(): number {
    return this.#stream.rows ?? 24
  }

  /** Colours on a terminal only, and not with NO_COLOR. */
  styled(style: Style, text: string): string {
    const isColoured = this.isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
    return isColoured ? styleText(style, text, { validateStream: false }) : text
  }

  async line(text = ''): Promise<void> {
    await this.write(`${text}\n`)
  }

  async json(value: unknown, indent = 2): Promise<void> {
    await this.line(visibleJson(value, indent))
  }

  /** Resolves when there is room for more. Throws OutputClosed. */
  async write(text: string): Promise<void> {
    if (this.#isClosed) throw new OutputClosed()
    if (this.#stream.write(text)) return
    await once(this.#stream, 'drain').catch(() => {
      throw new OutputClosed()
    })
  }

  /** Calls `listener` whenever the terminal gets another size. Returns a function that stops it. */
  onResize(listener: () => void): () => void {
    this.#stream.on('resize', listener)
    return () => this.#stream.off('resize', listener)
  }
}
