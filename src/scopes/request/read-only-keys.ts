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
 * The keys CFML developers will look for. `cftoken` is always "0", as in Lucee today: the secret is never readable by
 * application code. Without a record they are undefined, and `urltoken` is empty.
 */
export const readOnlyKeys: Record<ScopeKind, ReadonlyMap<string, Read>> = {
  session: new Map(Object.entries({ ...common, sessionid: id })),
  client: new Map(Object.entries({ ...common, hitcount: ({ record }: RequestScope) => record?.head.hits ?? 0 })),
}
