import { type Html, html } from './html.js'

const format = new Intl.NumberFormat('en-GB')

/** A number as people read it: `1,000,000`. */
export const counted = (count: number): string => format.format(count)

/** `1 session`, `2 sessions`. */
export const plural = (count: number, noun: string): string => `${counted(count)} ${noun}${count === 1 ? '' : 's'}`

/** A path of the file system, which may break at its slashes. */
export const pathWords = (path: string): Html =>
  html`<code class="path">${path.split(/(?<=[/\\])/).map((part) => html`${part}<wbr>`)}</code>`

const sizes = ['B', 'KB', 'MB', 'GB'] as const

/** Bytes as people read them: `512 B`, `1.5 KB`. */
export function sized(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 1024 && unit < sizes.length - 1) {
    amount /= 1024
    unit += 1
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${sizes[unit]}`
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** A length of time in its two largest units: `3 d 4 h`, `12 s`, `less than 1 s`. */
export function span(ms: number): string {
  let rest = Math.max(0, ms)
  const parts: string[] = []
  for (const [unit, size] of spans) {
    const amount = Math.floor(rest / size)
    rest -= amount * size
    if (amount > 0) parts.push(`${amount} ${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ') || 'less than 1 s'
}

/** A moment seen from now, with the moment itself in its title. */
export function moment(at: Date | number, now: number): Html {
  const date = new Date(at)
  const distance = date.getTime() - now
  const words = Math.abs(distance) < 1_000 ? 'now' : distance < 0 ? `${span(-distance)} ago` : `in ${span(distance)}`
  return html`<time datetime="${date.toISOString()}" title="${stamp(date)}">${words}</time>`
}

/** A moment in UTC to the second: `2026-01-31 12:00:00 UTC`. */
export const stamp = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
