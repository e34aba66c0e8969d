import { type Html, html } from '../html/html.js'
import { counted } from '../html/words.js'

const mostShown = 512
const perLine = 16

/** Bytes as hexadecimal digits, with their printable characters beside them; of many, the first ones. */
export function dump(bytes: Uint8Array, name: string): Html {
  const shown = bytes.subarray(0, mostShown)
  const lines: string[] = []
  for (let at = 0; at < shown.length; at += perLine) lines.push(line(shown.subarray(at, at + perLine)))
  const more = bytes.length - shown.length
  return html`<pre class="bytes" tabindex="0" role="region" aria-label="Bytes of ${name}">${lines.map(
    (text) => html`${text}
`,
  )}</pre>${more > 0 && html`<span class="more">… ${counted(more)} bytes more</span>`}`
}

function line(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  const letters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
  return `${digits.padEnd(perLine * 3)} ${letters}`
}
