import { likeBare, traffic } from './claims.js'
import type { Target } from './targets.js'

const [cluster, touching] = ['koa-scopes, cluster: true', 'koa-scopes, each touch'] as const

/** There is no peer, and what a touch or a change costs is known: it reads the whole record and writes it. */
export const targetsOnHazelcast: readonly Target[] = [
  ...['0.5 KB', '20 KB'].flatMap((size) => [
    { workload: `${size}, read one attribute`, contestant: cluster, traffic: traffic({ commands: 1 }) },
    { workload: `${size}, read one attribute`, contestant: touching, traffic: traffic({ commands: 2 }) },
    { workload: `${size}, change one attribute`, contestant: cluster, traffic: traffic({ commands: 3 }) },
  ]),
  { workload: 'new visitor, stores nothing', contestant: cluster, wire: likeBare, traffic: traffic({ commands: 0 }) },
]
