import type { ScopeKind } from '../../scopes/settings.js'

/** The paths of the pages. Texts of visitors in them are encoded. */
export const paths = {
  application: (application: string) => `/applications/${application}`,
  stop: (application: string) => `/applications/${application}/stop`,
  records: (application: string, kind: ScopeKind, query: Readonly<Record<string, string | undefined>> = {}) =>
    `/applications/${application}/${kind}s${queryOf(query)}`,
  record: (application: string, kind: ScopeKind, id: string) =>
    `/applications/${application}/${kind}s/${encodeURIComponent(id.toWellFormed())}`,
  end: (application: string, kind: ScopeKind, id: string) => `${paths.record(application, kind, id)}/end`,
  endAll: (application: string, kind: ScopeKind, principal: string) =>
    `/applications/${application}/end-${kind}s${queryOf({ principal })}`,
  cache: (cache: string, query: Readonly<Record<string, string | undefined>> = {}) =>
    `/caches/${cache}${queryOf(query)}`,
  clear: (cache: string) => `/caches/${cache}/clear`,
  deleteObject: (cache: string, key: string) => `/caches/${cache}/delete${queryOf({ key })}`,
}

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value)
  return given.size === 0 ? '' : `?${given}`
}
