import type { ShownRecord } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { type Answer, notFound } from '../answer.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { empty, facts, panel } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { counted, moment, plural, sized } from '../html/words.js'
import type { Route, Visit } from '../route.js'
import { dump } from '../values/bytes.js'
import { described } from '../values/described.js'
import { plain } from '../values/plain.js'
import { tree } from '../values/tree.js'
import { descriptionWords, principalLink } from './records.js'
import { directoryOf, kinds } from './scope-of.js'

const shownLimits = { values: 2_000, letters: 2_000, depth: 30 }
const jsonLimits = { values: 100_000, letters: 5_000_000, depth: 500 }

type Attribute = ShownRecord['attributes'][number]

/** One session or client, as the store has it. Looking at it is no access. */
export const recordRoutes = (desk: Desk): readonly Route[] =>
  kinds.map((kind) => ({
    method: 'GET',
    path: `/applications/:application/${kind}s/:id`,
    answer: (visit) => recordPage(desk, kind, visit),
  }))

async function recordPage(desk: Desk, kind: ScopeKind, { params }: Visit): Promise<Answer> {
  const { application = '', id = '' } = params
  const record = await shownRecord(desk, application, kind, id)
  const now = desk.operated.clock.now()
  return {
    title: `${kind === 'session' ? 'Session' : 'Client'} of ${application}`,
    section: 'records',
    data: { application, scope: kind, ...record, attributes: record.attributes.map(attributeJson) },
    body: () => html`${head(application, kind, record, now)}${panel('attributes', 'Attributes', attributes(record))}`,
  }
}

/** Throws a refusal, 404. */
export async function shownRecord(desk: Desk, application: string, kind: ScopeKind, id: string): Promise<ShownRecord> {
  const record = id === '' ? undefined : await directoryOf(desk, application, kind).show(id)
  if (record) return record
  throw notFound(`There is no ${kind} ${JSON.stringify(id)}: it has ended, or expired, or never was.`)
}

function attributeJson(attribute: Attribute) {
  const { bytes, name } = attribute
  if ('encoded' in attribute)
    return { name, bytes, encoded: Buffer.from(attribute.encoded).toString('base64'), reason: attribute.reason }
  const value = described(attribute.value, jsonLimits)
  return { name, bytes, type: value.type, value: plain(value) }
}

const head = (application: string, kind: ScopeKind, record: ShownRecord, now: number): Html => html`
${record.isUnsaved && html`<p class="notice caution">This node has changes of it that are not stored yet. Shown is what the store has.</p>`}
<div class="panel">${facts([
  ['Id', html`<code>${record.id}</code>`],
  ['Principal', principalLink(application, kind, record.principal)],
  ['Logged in', record.authenticatedAt ? moment(record.authenticatedAt, now) : 'no'],
  ['Created', moment(record.timeCreated, now)],
  ['Last visit', moment(record.lastVisit, now)],
  ['Expires', record.expiresAt ? moment(record.expiresAt, now) : 'never'],
  ['Hits', counted(record.hits)],
  ['Description', descriptionWords(record.description)],
  ['Size', sized(record.attributes.reduce((sum, { bytes }) => sum + bytes, 0))],
])}
<p class="actions"><a class="button danger" href="${paths.end(application, kind, record.id)}">End this ${kind}…</a></p></div>`

const attributes = ({ attributes }: ShownRecord): Html =>
  attributes.length === 0
    ? empty('It has no attributes.')
    : html`<ol class="attributes">${attributes.map((attribute) => html`<li>${attributeOf(attribute)}</li>`)}</ol>`

function attributeOf(attribute: Attribute): Html {
  const { bytes, name } = attribute
  const key = html`<span class="key name">${name}</span>`
  if (!('encoded' in attribute)) return tree(described(attribute.value, shownLimits), key, plural(bytes, 'byte'))
  return html`<div>${key} <span class="type">cannot be decoded, ${plural(bytes, 'byte')}</span></div>
<p class="problem">${attribute.reason}</p>${dump(attribute.encoded, name)}`
}
