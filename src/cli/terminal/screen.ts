import type { Output } from './output.js'

const enter = '\x1b[?1049h\x1b[?25l'
const leave = '\x1b[?25h\x1b[?1049l'
const home = '\x1b[H'
const clearToEndOfLine = '\x1b[K'
const clearBelow = '\x1b[J'

/** A second screen of the terminal, which is redrawn in place. Leaving it brings back what was there before. */
export class Screen {
  readonly #output: Output
  #isEntered = false

  constructor(output: Output) {
    this.#output = output
  }

  /** Throws OutputClosed. */
  async draw(lines: readonly string[]): Promise<void> {
    const begin = this.#isEntered ? '' : enter
    this.#isEntered = true
    await this.#output.write(
      `${begin}${home}${lines.map((line) => `${line}${clearToEndOfLine}\n`).join('')}${clearBelow}`,
    )
  }

  restore(): void {
    if (!this.#isEntered) return
    this.#isEntered = false
    this.#output.write(leave).catch(() => {}) // the terminal is gone
  }
}
