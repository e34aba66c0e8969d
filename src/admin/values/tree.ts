import { type Html, html } from '../html/html.js'
import { counted, plural } from '../html/words.js'
import type { Described, Entry } from './described.js'

/** A branch with at most this many entries is open at first, as long as it is not deeper than two levels. */
const mostOpen = 20
const deepestOpen = 2

/** A described value under its name, as a tree that opens and closes without a script. `also`: what is said beside its type. */
export function tree(value: Described, name?: Html, also?: string): Html {
  return branch(value, name, 0, also)
}

function branch(value: Described, name: Html | undefined, depth: number, also?: string): Html {
  const { entries, more } = value
  const head = html`${name} <span class="type">${typeWords(value)}${also !== undefined && `, ${also}`}</span>`
  if (!entries) return html`<div class="leaf">${head} ${leaf(value)}</div>`
  if (entries.length === 0 && more === undefined) return html`<div class="leaf">${head}</div>`
  const isOpen = entries.length <= mostOpen && depth < deepestOpen
  return html`<details${isOpen && html` open`}><summary>${head}</summary>
<ul class="tree">${entries.map((entry) => html`<li>${entryOf(entry, depth + 1)}</li>`)}</ul>${rest(more, 'entries')}</details>`
}

const entryOf = ({ key, value }: Entry, depth: number): Html =>
  typeof key === 'object'
    ? html`<div class="pair">${branch(key, html`<span class="key">key</span>`, depth)}${branch(value, html`<span class="key">value</span>`, depth)}</div>`
    : branch(value, key === undefined ? undefined : html`<span class="key">${key}</span>`, depth)

const leaf = (value: Described): Html =>
  html`<span class="value ${lookOf(value)}">${value.text}</span>${rest(value.more, 'characters')}`

/** As in `Array, 3 entries`. */
function typeWords({ entries, size, type }: Described): string {
  if (size === undefined) return type
  if (!entries) return `${type}, ${plural(size, 'character')}`
  return `${type}, ${size === 1 ? '1 entry' : `${counted(size)} entries`}`
}

const rest = (more: number | undefined, noun: string): Html | undefined =>
  more === undefined ? undefined : html`<span class="more">… ${counted(more)} more ${noun}</span>`

const looks: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'figure',
  bigint: 'figure',
  boolean: 'word',
  null: 'none',
  undefined: 'none',
}

const lookOf = ({ type }: Described): string => looks[type] ?? 'other'
