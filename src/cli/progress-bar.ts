import type { MoveProgress } from '../storage/moving/move-all.js'

const width = 30
const redrawMs = 100

/** A line on a terminal that shows how far a move is; nothing where there is no terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream
  readonly #startedAt = performance.now()
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDrawn = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(progress: MoveProgress): void {
    const now = performance.now()
    if (!this.#stream.isTTY || now - this.#drawnAt < redrawMs) return
    this.#drawnAt = now
    this.#isDrawn = true
    this.#stream.write(`\r\x1b[K${progressLine(progress, now - this.#startedAt)}`)
  }

  clear(): void {
    if (this.#isDrawn) this.#stream.write('\r\x1b[K')
    this.#isDrawn = false
  }
}

/** As `[######----] 60%, 600 of 1,000, 200/s, 2 s left`. A move may find more records than there were at its start. */
export function progressLine({ gone, moved, total }: MoveProgress, passedMs: number): string {
  const done = moved + gone
  const share = Math.min(1, total === 0 ? 1 : done / total)
  const filled = Math.round(share * width)
  const rate = done / (Math.max(1, passedMs) / 1_000)
  const leftSeconds = Math.ceil(Math.max(0, total - done) / Math.max(rate, 1e-9))
  const bar = '#'.repeat(filled) + '-'.repeat(width - filled)
  const time = done === 0 ? '' : `, ${grouped(Math.round(rate))}/s, ${grouped(leftSeconds)} s left`
  return `[${bar}] ${Math.floor(share * 100)}%, ${grouped(done)} of ${grouped(total)}${time}`
}

/** With a comma before every three digits. */
export const grouped = (n: number): string => n.toLocaleString('en-US')
