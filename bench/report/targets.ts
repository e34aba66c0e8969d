import { sizes } from '../workloads.js'
import { type Claim, likeBare, likeSmallest, noWorseThanPeers, ofBestPeer, ofCommand, traffic } from './claims.js'

/** A target: one row of the table, each claim in the column of its kind. */
export interface Target {
  readonly workload: string
  readonly contestant: string
  /** Compared with Redis commands alone, or with no session, or with a small one. */
  readonly wire?: Claim
  readonly peers?: Claim
  readonly traffic?: Claim
}

const [cluster, behind, lmdb] = ['koa-scopes, cluster: true', 'koa-scopes, behind', 'koa-scopes, LMDB'] as const
const everySize = Object.keys(sizes)
/** Bytes that `change one attribute` writes, encoded, with the name. */
const attributeBytes = 400

/** The targets of the contestants on Redis and LMDB. */
export const targetsOnRedis: readonly Target[] = [
  {
    workload: '20 KB, read one attribute',
    contestant: cluster,
    wire: ofCommand('one command', 1.5),
    peers: ofBestPeer(1 / 6),
    traffic: traffic({ commands: 1, sent: 300, received: 300 }),
  },
  {
    workload: '20 KB, change one attribute',
    contestant: cluster,
    wire: ofCommand('two commands', 1.5),
    peers: ofBestPeer(1 / 5),
    traffic: traffic({ commands: 2, sent: 700 + attributeBytes }),
  },
  {
    workload: '20 KB, not used',
    contestant: cluster,
    wire: ofCommand('one command', 1.3),
    peers: ofBestPeer(1 / 6),
    traffic: traffic({ commands: 1 }),
  },
  {
    workload: '0.5 KB, read one attribute',
    contestant: cluster,
    wire: ofCommand('one command', 1.5),
    peers: ofBestPeer(3 / 4),
    traffic: traffic({ commands: 1 }),
  },
  {
    workload: '0.5 KB, change one attribute',
    contestant: cluster,
    wire: ofCommand('two commands', 1.5),
    peers: ofBestPeer(1),
    traffic: traffic({ commands: 2 }),
  },
  ...everySize.flatMap((size) =>
    [behind, lmdb].map((contestant) => ({
      workload: `${size}, read one attribute`,
      contestant,
      wire: ofCommand('one command', 1 / 2),
      peers: ofBestPeer(1 / 6),
      traffic: traffic({ commands: 0 }),
    })),
  ),
  ...everySize.map((size) => ({
    workload: `${size}, change one attribute`,
    contestant: behind,
    wire: ofCommand('one command', 1.5),
    peers: ofBestPeer(1 / 3),
    traffic: traffic({ commands: 1 }),
  })),
  ...everySize.map((size) => ({
    workload: `${size}, change one attribute, 50 at once`,
    contestant: lmdb,
    peers: ofBestPeer(1 / 2),
  })),
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
