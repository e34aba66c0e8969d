import { likeBare, ofPeer, traffic } from './claims.js'
import type { Target } from './targets.js'

const [cluster, touching] = ['koa-scopes, cluster: true', 'koa-scopes, each touch'] as const
const peer = 'connect-mongo'

export const targetsOnMongodb: readonly Target[] = [
  ...['0.5 KB', '20 KB'].flatMap((size) => [
    ...[cluster, touching].map((contestant) => ({
      workload: `${size}, read one attribute`,
      contestant,
      peers: ofPeer(peer, 1),
      traffic: traffic({ commands: 1 }),
    })),
    {
      workload: `${size}, change one attribute`,
      contestant: cluster,
      peers: ofPeer(peer, 1),
      traffic: traffic({ commands: 2 }),
    },
  ]),
  { workload: 'new visitor, stores nothing', contestant: cluster, wire: likeBare, traffic: traffic({ commands: 0 }) },
]
