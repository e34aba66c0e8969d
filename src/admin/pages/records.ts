import type { Description } from '../../scopes/request/description.js'
import type { RecordInfo } from '../../scopes/request/directory.js'
import type { ScopeKind } from '../../scopes/settings.js'
import { type Answer, Refusal } from '../answer.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { type Column, empty, table } from '../html/parts.js'
import { paths } from '../html/paths.js'
import { counted, moment, plural } from '../html/words.js'
import type { Route, Visit } from '../route.js'
import { directoryOf, kinds } from './scope-of.js'
import { scopesOf } from './scopes.js'
import { type Found, search } from './search.js'

const defaultLimit = 50
const mostAtOnce = 200

/** The lists of sessions and clients: all of them by pages, and searched by principal or id. */
export const recordsRoutes = (desk: Desk): readonly Route[] => [
  { method: 'GET', path: '/records', answer: () => scopesPage(desk) },
  ...kinds.map(
    (kind): Route => ({
      method: 'GET',
      path: `/applications/:application/${kind}s`,
      answer: (visit) => listPage(desk, kind, visit),
    }),
  ),
]

function scopesPage(desk: Desk): Answer {
  const scopes = scopesOf(desk.operated)
  return {
    title: 'Sessions and clients',
    section: 'records',
    data: {
      scopes: scopes.map(({ application, kind, config }) => ({ application, scope: kind, storage: config.storage })),
    },
    body: () =>
      scopes.length === 0
        ? empty(html`No application declares a scope. Add <code>session: {}</code> to one in the configuration.`)
        : html`<div class="cards">${scopes.map(
            ({
              application,
              config,
              isSealed,
              kind,
            }) => html`<section class="panel" aria-labelledby="${application}-${kind}">
<h2 id="${application}-${kind}"><a href="${paths.records(application, kind)}">${application}, ${kind}s</a></h2>
<p class="scope">in ${config.storage}, ${isSealed ? 'sealed in the cookies of the visitors' : config.cluster ? 'the same for all nodes' : 'in the memory of each node, backed up to the cache'}</p>
${!isSealed && searchForm(application, kind)}
</section>`,
          )}</div>`,
  }
}

async function listPage(desk: Desk, kind: ScopeKind, { params, query }: Visit): Promise<Answer> {
  const { application = '' } = params
  const directory = directoryOf(desk, application, kind)
  const text = query.get('q')?.trim() || undefined
  const sought = {
    text,
    principal: query.get('principal') ?? undefined,
    idPrefix: query.get('idPrefix') ?? undefined,
    cursor: query.get('cursor') ?? undefined,
    limit: limitOf(query.get('limit')),
  }
  const found = await search(directory, sought, desk.operated.clock).catch((error) => {
    throw error instanceof TypeError ? new Refusal(400, 'Not understood', `${error.message}.`) : error
  })
  const data = { application, scope: kind, ...found }
  const [first] = found.items
  if (found.by === 'id' && first) return { to: paths.record(application, kind, first.id), data }
  return {
    title: titleOf(application, kind),
    section: 'records',
    data,
    body: () =>
      body({
        application,
        kind,
        found,
        ...narrowed(found, text, sought),
        before: Number(query.get('searched') ?? 0),
        now: desk.operated.clock.now(),
        isFirst: sought.cursor === undefined,
      }),
  }
}

function limitOf(text: string | null): number {
  const limit = text === null ? defaultLimit : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostAtOnce) return limit
  throw new Refusal(400, 'Not understood', `A limit is a whole number from 1 to ${mostAtOnce}.`)
}

/** What was looked for in the end: what the visitor typed may have been a principal or the start of an id. */
function narrowed(
  { by }: Found,
  text: string | undefined,
  { principal, idPrefix }: { readonly principal?: string | undefined; readonly idPrefix?: string | undefined },
) {
  if (by === 'principal') return { principal: text ?? principal }
  return by === 'idPrefix' ? { idPrefix: text ?? idPrefix } : {}
}

interface List {
  readonly application: string
  readonly kind: ScopeKind
  readonly found: Found
  readonly principal?: string | undefined
  readonly idPrefix?: string | undefined
  /** How many records the pages before this one looked at. */
  readonly before: number
  readonly now: number
  readonly isFirst: boolean
}

function body(list: List): Html {
  const { application, found, idPrefix, isFirst, kind, principal } = list
  const all = paths.records(application, kind)
  return html`${searchForm(application, kind, principal ?? idPrefix)}
${principal !== undefined && html`<p class="filter"><span>Of the principal <b>${principal}</b></span> <a href="${all}">All ${kind}s</a>${found.items.length > 0 && html` <a class="danger" href="${paths.endAll(application, kind, principal)}">End all of this principal…</a>`}</p>`}
${idPrefix !== undefined && html`<p class="filter"><span>Whose id begins with <b>${idPrefix}</b>: ${searchedWords(list)}</span> <a href="${all}">All ${kind}s</a></p>`}
${found.items.length === 0 ? nothing(list) : table(plural(found.items.length, kind), columns(list), found.items)}
<nav class="pages" aria-label="Pages of the list">
${!isFirst && html`<a href="${paths.records(application, kind, { principal, idPrefix })}">First page</a>`}
${found.cursor !== undefined && html`<a rel="next" href="${next(list)}">${idPrefix === undefined ? 'Next page' : 'Search on'}</a>`}
</nav>`
}

const next = ({ application, before, found, idPrefix, kind, principal }: List) =>
  paths.records(application, kind, {
    principal,
    idPrefix,
    cursor: found.cursor,
    ...(idPrefix !== undefined && { searched: `${before + (found.searched ?? 0)}` }),
  })

function nothing({ found, idPrefix, kind, principal }: List): Html {
  if (idPrefix !== undefined && found.cursor !== undefined) return empty('None so far. Search on to look at more.')
  if (idPrefix !== undefined)
    return empty(
      `No ${kind} has an id that begins so, and no principal of this name has one. Principals are found by their whole name only.`,
    )
  if (principal !== undefined) return empty(`This principal has no ${kind}.`)
  return empty(`There are no ${kind}s. One begins when a request writes to ctx.${kind}.`)
}

const columns = ({ application, kind, now }: List): readonly Column<RecordInfo>[] => [
  { heading: 'Id', cell: ({ id }) => html`<a class="id" href="${paths.record(application, kind, id)}">${id}</a>` },
  { heading: 'Principal', cell: ({ principal }) => principalLink(application, kind, principal) },
  { heading: 'Last visit', cell: ({ lastVisit }) => moment(lastVisit, now) },
  { heading: 'Expires', cell: ({ expiresAt }) => (expiresAt ? moment(expiresAt, now) : 'never') },
  { heading: 'Created', cell: ({ timeCreated }) => moment(timeCreated, now) },
  { heading: 'Hits', isNumber: true, cell: ({ hits }) => counted(hits) },
  { heading: 'Description', cell: ({ description }) => shortDescription(description) },
]

function searchedWords({ before, found: { cursor, searched = 0 }, kind }: List): string {
  const all = before + searched
  return cursor === undefined ? `all ${plural(all, kind)} searched.` : `${plural(all, kind)} searched so far.`
}

export const principalLink = (application: string, kind: ScopeKind, principal: string | null): Html =>
  principal === null
    ? html`<span class="none">none</span>`
    : html`<a class="principal" href="${paths.records(application, kind, { principal })}">${principal}</a>`

export const descriptionWords = (description: Description | null): Html =>
  description === null
    ? html`<span class="none">none</span>`
    : html`${Object.entries(description)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`

/** Without the names, which are in the title. Nothing without a description: a card then has no line for it. */
const shortDescription = (description: Description | null): Html =>
  description === null
    ? html``
    : html`${Object.entries(description).map(([name, value], index) => html`${index > 0 && ', '}<span title="${name}">${String(value)}</span>`)}`

const titleOf = (application: string, kind: ScopeKind): string =>
  `${kind === 'session' ? 'Sessions' : 'Clients'} of ${application}`

const searchForm = (
  application: string,
  kind: ScopeKind,
  text = '',
): Html => html`<form class="search" role="search" aria-label="Search the ${kind}s of ${application}" action="${paths.records(application, kind)}">
<label for="q-${application}-${kind}">Principal, id, or the start of an id</label>
<div><input id="q-${application}-${kind}" name="q" type="search" value="${text}" autocomplete="off" spellcheck="false" autocapitalize="off"><button>Search</button></div>
</form>`
