import type { ApplicationConfig, CacheConfig, ScopeConfig } from '../../config/config.js'
import { type Masked, masked } from '../../config/masked.js'
import { isPlain } from '../../config/path.js'
import type { Desk } from '../desk.js'
import { type Html, html } from '../html/html.js'
import { panel } from '../html/parts.js'
import { sized, span } from '../html/words.js'
import type { Route } from '../route.js'

/** The configuration as it was understood: with all defaults, and without secrets. */
export const configurationRoutes = ({ operated: { config } }: Desk): readonly Route[] => [
  {
    method: 'GET',
    path: '/configuration',
    answer() {
      const { admin, applications, caches, directory, server, source } = config
      const sections = {
        server,
        ...(admin && { admin }),
        caches: new Map([...caches].map(([name, cache]) => [name, writtenCache(cache)])),
        applications: new Map([...applications].map(([name, application]) => [name, writtenApplication(application)])),
      }
      const data = masked(sections) as Readonly<Record<string, Masked>>
      return {
        title: 'Configuration',
        section: 'configuration',
        data: { source, directory, ...data },
        body: () => html`<p class="scope">As understood from <code>${source}</code>, with all defaults. Secrets are left out.</p>
${Object.entries(data).map(([name, content]) => panel(`c-${name}`, name, branch(content)))}`,
      }
    },
  },
]

/** As in the file, where the options of the driver stand beside the others. */
const writtenCache = ({ driver, name, options, ...cache }: CacheConfig) => ({
  driver: driver.name,
  ...(isPlain(options) ? options : {}),
  ...cache,
})

const writtenApplication = ({ client, name, session, ...application }: ApplicationConfig) => ({
  ...application,
  ...(session && { session: writtenScope(session) }),
  ...(client && { client: writtenScope(client) }),
})

/** Without what is derived, under the names of the file. */
function writtenScope({ carriers, copesWithoutTransient, touchIntervalMs, transient, ...scope }: ScopeConfig) {
  return {
    ...scope,
    ...(scope.cluster && { touchIntervalMs }),
    transient: { names: transient, mayBeAbsent: copesWithoutTransient },
    carriers: carriers.map((carrier) => (carrier.kind === 'header' ? `header ${carrier.name}` : carrier.kind)),
  }
}

function branch(value: Masked): Html {
  if (typeof value !== 'object' || value === null) return html`<span class="value">${String(value)}</span>`
  if (Array.isArray(value))
    return value.length === 0
      ? html`<span class="none">none</span>`
      : html`<ul class="settings">${value.map((item) => html`<li>${branch(item)}</li>`)}</ul>`
  const entries = Object.entries(value)
  if (entries.length === 0) return html`<span class="none">none</span>`
  return html`<ul class="settings">${entries.map(([key, item]) => html`<li>${setting(key, item)}</li>`)}</ul>`
}

/** Lengths of time and sizes have their unit in the name inside, and in the value for people. */
function setting(key: string, value: Masked): Html {
  if (key.endsWith('Ms') && (typeof value === 'number' || value === null))
    return named(key.slice(0, -2), value === null ? 'never' : value === 0 ? '0 s' : spanOf(value))
  if (key.endsWith('Bytes') && typeof value === 'number') return named(key.slice(0, -5), sized(value))
  return html`<span class="key">${key}</span> ${branch(value)}`
}

const named = (key: string, text: string): Html =>
  html`<span class="key">${key}</span> <span class="value">${text}</span>`

const spanOf = (ms: number): string => (ms < 1_000 ? `${ms} ms` : span(ms))
