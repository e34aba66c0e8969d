import { type Html, html } from './html.js'

/** A state by a shape and a word, so that it needs no colour. */
export const badge = (look: 'good' | 'bad' | 'fair' | 'idle', word: string): Html =>
  html`<span class="badge ${look}">${word}</span>`

/** Terms with what they are. */
export const facts = (entries: ReadonlyArray<readonly [term: string, what: Html | string | number]>): Html =>
  html`<dl class="facts">${entries.map(([term, what]) => html`<div><dt>${term}</dt><dd>${what}</dd></div>`)}</dl>`

/** A part of a page with its heading. */
export const panel = (id: string, heading: string, content: Html, aside?: Html): Html =>
  html`<section class="panel" aria-labelledby="${id}"><div class="head"><h2 id="${id}">${heading}</h2>${aside}</div>${content}</section>`

export const empty = (text: Html | string): Html => html`<p class="empty">${text}</p>`

export interface Column<Row> {
  readonly heading: string
  readonly cell: (row: Row) => Html | string | number
  /** Figures stand on the right. */
  readonly isNumber?: boolean
}

/** A table that becomes a list of cards on a narrow screen. The first column names the row. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  tableOf(caption, columns, rows, false)

/** As `table`, for long lists: a card is a few lines, in which the values speak for themselves. */
export const denseTable = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  tableOf(caption, columns, rows, true)

const tableOf = <Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isDense: boolean,
): Html => html`<table${isDense && html` class="dense"`}>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ heading, isNumber }) => html`<th scope="col"${isNumber && html` class="number"`}>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column, index) => cell(column, row, index === 0))}</tr>`)}</tbody>
</table>`

function cell<Row>({ cell, heading, isNumber }: Column<Row>, row: Row, isFirst: boolean): Html {
  const look = isNumber && html` class="number"`
  return isFirst
    ? html`<th scope="row" data-label="${heading}"${look}><div>${cell(row)}</div></th>`
    : html`<td data-label="${heading}"${look}><div>${cell(row)}</div></td>`
}

/** A part of a page that is fetched again every so many seconds while the page is visible. */
export const live = (id: string, seconds: number, content: Html): Html =>
  html`<div id="${id}" data-live="${seconds}">${content}</div>`
