import { type Html, html } from '../html/html.js'
import { counted, plural } from '../html/words.js'
import type { Described, Entry } from './described.js'

/** How many entries a branch may have to be open at first. */
const mostOpen = 20

/** A described value as a tree that opens and closes without a script. */
export function tree(value: Described, isOpen = true): Html {
  const { entries, more, text } = value
  if (!entries)
    return html`<span class="value ${kindOf(value)}">${text === '' ? html`<i>empty</i>` : text}</span>${rest(more, 'characters')}`
  if (entries.length === 0 && more === undefined) return html`<span class="value none">empty</span>`
  return html`<details${isOpen && entries.length <= mostOpen && html` open`}><summary>${sizeOf(value)}</summary>
<ul class="tree">${entries.map((entry) => html`<li>${branch(entry)}</li>`)}</ul>${rest(more, 'entries')}</details>`
}

/** As in `Array, 3 entries`. */
export function typeWords({ entries, size, type }: Described): string {
  if (size === undefined) return type
  return `${type}, ${entries ? entriesOf(size) : plural(size, 'character')}`
}

function branch({ key, value }: Entry): Html {
  const name = typeof key === 'object' ? tree(key, false) : key
  return html`${key !== undefined && html`<span class="key">${name}</span>`} <span class="type">${typeWords(value)}</span> ${tree(value, false)}`
}

const sizeOf = ({ size = 0 }: Described) => entriesOf(size)

const entriesOf = (size: number): string => (size === 1 ? '1 entry' : `${counted(size)} entries`)

const rest = (more: number | undefined, noun: string): Html | undefined =>
  more === undefined ? undefined : html`<span class="more">… ${counted(more)} more ${noun}</span>`

const kindOf = ({ type }: Described) =>
  ({ string: 'text', number: 'figure', bigint: 'figure', boolean: 'word', null: 'none', undefined: 'none' })[type] ??
  'other'
