import { ScopesError } from '../../errors/scopes-error.js'
import type { ScopeKind } from '../settings.js'
import type { RequestScope } from './request-scope.js'

type Read = (scope: RequestScope) => unknown

const id: Read = ({ record }) => record?.id

const common: Record<string, Read> = {
  cfid: id,
  cftoken: () => '0',
  urltoken: ({ record }) => (record ? `CFID=${record.id}&CFTOKEN=0` : ''),
  timecreated: ({ record }) => record && new Date(record.head.createdAt),
  lastvisit: ({ record }) => record && new Date(record.lastVisit),
}

/**
 * The keys that CFML developers look for. `cftoken` is always "0", as in Lucee today: application code can never read the
 * secret. Without a record the others are undefined, `urltoken` is empty and `hitcount` 0.
 */
export const readOnlyKeys: Record<ScopeKind, ReadonlyMap<string, Read>> = {
  session: new Map(Object.entries({ ...common, sessionid: id })),
  client: new Map(Object.entries({ ...common, hitcount: ({ record }: RequestScope) => record?.head.hits ?? 0 })),
}

/** Throws KEY_READ_ONLY. */
export function checkWritable(scope: ScopeKind, name: string): void {
  if (readOnlyKeys[scope].has(name)) throw new ScopesError('KEY_READ_ONLY', { scope, name })
}
