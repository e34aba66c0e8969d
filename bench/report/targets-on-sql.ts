import { likeBare, ofPeer, traffic } from './claims.js'
import type { Target } from './targets.js'

const cluster = 'koa-scopes on PostgreSQL, cluster'
/** The stricter case: every load writes its touch too. */
const touching = 'koa-scopes on PostgreSQL, each touch'
const peer = 'connect-pg-simple'

export const targetsOnSql: readonly Target[] = [
  ...[cluster, touching].flatMap((contestant) => [
    {
      workload: '0.5 KB, read one attribute',
      contestant,
      peers: ofPeer(peer, 2 / 3),
      traffic: traffic({ commands: 1 }),
    },
    {
      workload: '20 KB, read one attribute',
      contestant,
      peers: ofPeer(peer, 1 / 5),
      traffic: traffic({ commands: 1 }),
    },
    ...['0.5 KB', '20 KB', '200 KB'].map((size) => ({
      workload: `${size}, change one attribute`,
      contestant,
      traffic: traffic({ commands: 2 }),
    })),
  ]),
  { workload: 'new visitor, stores nothing', contestant: cluster, wire: likeBare, traffic: traffic({ commands: 0 }) },
]
