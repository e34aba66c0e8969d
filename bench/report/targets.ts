import { atLowRate } from '../workloads.js'
import {
  atMost,
  besideCommand,
  type Claim,
  likeBare,
  likeSmallest,
  noWorseThanPeers,
  ofBestPeer,
  traffic,
} from './claims.js'

/** A target: one row of the table, each claim in the column of its kind. */
export interface Target {
  readonly workload: string
  readonly contestant: string
  /** Compared with the commands of a store alone, or with no session, or with a small one. */
  readonly wire?: Claim
  readonly peers?: Claim
  readonly traffic?: Claim
}

const [cluster, behind, response] = ['koa-scopes, cluster: true', 'koa-scopes, behind', 'koa-scopes, response'] as const
const lmdb = 'koa-scopes, LMDB'
/** Bytes that `change one attribute` writes, encoded, with the name. */
const attributeBytes = 400

/** The workloads of most servers, at the common rate and at the low one: at most so many times what the best peer adds. */
const small: readonly (readonly [
  workload: string,
  contestants: readonly string[],
  most: number,
  mostAtLowRate: number,
])[] = [
  ['0.5 KB, read one attribute', [cluster], 0.75, 0.85],
  ['0.5 KB, change one attribute', [cluster], 0.85, 0.9],
  ['0.5 KB, read one attribute', [behind], 0.35, 0.5],
  ['0.5 KB, change one attribute', [behind], 0.9, 1],
  ['first visit, stores 0.5 KB', [cluster, behind, response], 1.2, 1.3],
  ['0.5 KB, change one attribute', [lmdb], 1.5, 1.5],
]

const commandOf = (workload: string, contestant: string) => {
  if (contestant === lmdb) return 'one LMDB write'
  return workload.includes('read') ? 'one command' : 'two commands'
}

/** The targets of the contestants on Redis and LMDB. */
export const targetsOnRedis: readonly Target[] = [
  ...small.flatMap(([workload, contestants, most, mostAtLowRate]) =>
    contestants.flatMap((contestant) => [
      { workload, contestant, wire: besideCommand(commandOf(workload, contestant)), peers: ofBestPeer(most) },
      {
        workload: atLowRate(workload),
        contestant,
        wire: besideCommand(commandOf(workload, contestant)),
        peers: ofBestPeer(mostAtLowRate),
      },
    ]),
  ),
  { workload: '20 KB, read one attribute', contestant: behind, wire: atMost(20) },
  { workload: atLowRate('20 KB, read one attribute'), contestant: behind, wire: atMost(30) },
  {
    workload: '20 KB, read one attribute',
    contestant: cluster,
    wire: besideCommand('one command'),
    peers: ofBestPeer(1 / 6),
    traffic: traffic({ commands: 1, sent: 300, received: 300 }),
  },
  {
    workload: '20 KB, change one attribute',
    contestant: cluster,
    wire: besideCommand('two commands'),
    peers: ofBestPeer(1 / 5),
    traffic: traffic({ commands: 2, sent: 700 + attributeBytes }),
  },
  {
    workload: '20 KB, not used',
    contestant: cluster,
    wire: besideCommand('one command'),
    peers: ofBestPeer(1 / 6),
    traffic: traffic({ commands: 1 }),
  },
  ...['20 KB', '200 KB'].flatMap((size) => [
    ...[behind, lmdb].map((contestant) => ({
      workload: `${size}, read one attribute`,
      contestant,
      wire: besideCommand('one command'),
      peers: ofBestPeer(1 / 6),
      traffic: traffic({ commands: 0 }),
    })),
    {
      workload: `${size}, change one attribute`,
      contestant: behind,
      wire: besideCommand('one command'),
      peers: ofBestPeer(1 / 3),
      traffic: traffic({ commands: 1 }),
    },
    { workload: `${size}, change one attribute, 50 at once`, contestant: lmdb, peers: ofBestPeer(1 / 2) },
  ]),
  ...[cluster, behind, lmdb].map((contestant) => ({
    workload: 'new visitor, stores nothing',
    contestant,
    wire: likeBare,
    peers: noWorseThanPeers,
    traffic: traffic({ commands: 0 }),
  })),
  ...[cluster, behind, lmdb].flatMap((contestant) =>
    ['20 KB', '200 KB'].flatMap((size) =>
      ['read one attribute', 'change one attribute'].map((what) => ({
        workload: `${size}, ${what}`,
        contestant,
        wire: likeSmallest(what),
      })),
    ),
  ),
  { workload: '20 KB, changed on two nodes in turn', contestant: cluster, peers: ofBestPeer(1) },
]
