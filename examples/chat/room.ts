import { EventEmitter } from 'node:events'

export interface Line {
  readonly from: string
  readonly text: string
  readonly node: string
  readonly at: number
}

const mostKept = 50

/**
 * What all nodes hear of each other. Both nodes of this example are in one process; nodes on several machines would use a
 * channel of Redis, or LISTEN and NOTIFY of PostgreSQL, in its place.
 */
export class Room extends EventEmitter<{ line: [Line] }> {
  readonly #lines: Line[] = []

  get lines(): readonly Line[] {
    return this.#lines
  }

  say(line: Line): void {
    this.#lines.push(line)
    if (this.#lines.length > mostKept) this.#lines.shift()
    this.emit('line', line)
  }
}
