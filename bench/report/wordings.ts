import type { GroupName } from '../contestants.js'

/** The words of a report that depend on the group of contestants. */
export interface Wording {
  /** What a contestant sends to its server. */
  readonly command: string
  readonly server: string
  /** All servers that share the machine with the contestants. */
  readonly servers: string
  /** Heads of the column of targets, and of the section, on commands and bytes. */
  readonly traffic: string
  readonly trafficHead: string
  readonly trafficNote: string
  /** Items of the list "How it was measured". */
  readonly setting: string
  readonly peers: string
  /** About the CPU of the servers. */
  readonly databaseNote?: string
  /** In place of the cases in which a peer is better, where there is none. */
  readonly withoutPeers?: string
}

const variants = `\`koa-scopes\` is \`cluster: true\`, or memory-first with its backup after the response or before it ("behind", "response").`
const touches = `koa-scopes extends the life of a session with \`cluster: true\` at most once per \`touchInterval\`, 1 s by default, and
  memory-first at most once a minute. A visitor here comes several times a second, so few of their requests extend a life. With "each
  touch" (\`touchInterval: 0s\`) all do, as for visitors who come more rarely.`

export const wordings: Readonly<Record<GroupName, Wording>> = {
  redis: {
    command: 'command',
    server: 'Redis',
    servers: 'Redis',
    traffic: 'Redis commands',
    trafficHead: 'Commands and bytes',
    trafficNote: `Commands sent to Redis: bytes out / back, per request. Counted by a proxy, in a separate run; exact.`,
    databaseNote: 'LMDB runs inside the server process, so its CPU is in the table above.',
    setting: `- Each server is a separate process, with its own Redis or folder. \`koa-scopes\` on Redis is \`cluster: true\`, or
  memory-first with its backup after the response or before it ("behind", "response"); on LMDB it is memory-first.`,
    peers: `- @fastify/session runs with \`rolling: false\`. Like koa-session and koa-generic-session it then does not extend the life of a
  session that is only read; koa-scopes and express-session do.
- Memory-first, a visitor's session is touched in Redis at most once a minute; these figures are between two touches.
- "One command" and "two commands" are Koa with a GET, or a GET and a SET, of five bytes through ioredis. "One LMDB write" is
  Koa with one put of 500 bytes through lmdb-js, which is as durable as a change in our driver: its floor, beside a change.`,
  },
  sql: {
    command: 'statement',
    server: 'its database',
    servers: 'databases',
    traffic: 'statements',
    trafficHead: 'Statements and bytes',
    trafficNote: `Statements sent to the database: bytes out / back, per request. Counted by a proxy, in a separate run: the messages Query and
Execute of PostgreSQL; COM_QUERY, COM_STMT_EXECUTE and COM_STMT_BULK_EXECUTE of MariaDB. Beginning and committing a transaction
count too if the client sends statements for them.`,
    setting: `- Each contestant is a separate process, with its own database server or folder. The servers wait for the disk at each commit
  (\`fsync\`, \`synchronous_commit\`, \`innodb_flush_log_at_trx_commit=1\`), with the default sizes of their buffers. Only the touch in a load of \`koa-scopes\` on PostgreSQL does not wait. SQLite has
  the default \`durability: commit\`, which does not wait for the disk.
- \`koa-scopes\` is \`cluster: true\`, or memory-first with its backup after the response or before it ("behind", "response").
- connect-pg-simple and express-mysql-session are stores of express-session, with the settings of their readmes
  (\`resave: false\`, \`saveUninitialized: false\`). Every contestant has up to ten connections, as the pools of pg and mysql2 have.`,
    peers: `- express-session extends the life of a session at each request, with a statement of its own. koa-scopes does so with
  \`cluster: true\` at most once per \`touchInterval\`, 1 s by default, in the statement that loads the session, and memory-first at
  most once a minute. A visitor here comes several times a second, so few of their requests extend a life. With "each touch"
  (\`touchInterval: 0s\`) all do, as for visitors who come more rarely.
- The texts in the sessions are alike, so databases that compress long values make them much shorter than usual.`,
    databaseNote: 'SQLite runs inside the server process, so its CPU is in the table above.',
  },
  hazelcast: {
    command: 'request',
    server: 'Hazelcast',
    servers: 'members',
    traffic: 'requests to a member',
    trafficHead: 'Requests and bytes',
    trafficNote: `Requests sent to the member: bytes out / back, per request of a visitor. Counted by a proxy, in a separate run: the messages of
Hazelcast's client protocol.`,
    setting: `- Each contestant is a separate process, with a Hazelcast of its own: one member, without a backup, with 256 MB of memory, on the
  same machine. A cluster with one backup does more: each write reaches a second member before it is acknowledged.
- ${variants}
- Java compiles what a member does often while it runs: a member that has run for minutes needs less CPU than in these short samples.`,
    peers: `- ${touches}
- A change and a touch read the whole record and replace it by compare-and-set. Memory-first, each change adds a notice, which every other
  node reads; only one node runs here, except where two take turns.`,
    withoutPeers:
      'There is no peer: we know of no maintained session store for Node that uses Hazelcast. hazelcast-wm is a filter for Java servlets.',
  },
  mongodb: {
    command: 'command',
    server: 'the stand-in for MongoDB',
    servers: 'servers',
    traffic: 'commands',
    trafficHead: 'Commands and bytes',
    trafficNote: `Commands sent to the server: bytes out / back, per request. Counted by a proxy, in a separate run: the messages of MongoDB's
wire protocol, which are the same with a MongoDB.`,
    setting: `- **The server is no MongoDB**, but the stand-in mongo-java-server, which keeps documents in memory and waits for no disk and no other
  member. Its CPU says nothing about MongoDB; the CPU of the contestants, their commands and their bytes do not depend on it, except
  that a MongoDB of a replica set also sends the time of the cluster with each answer.
- Each contestant is a separate process with a server of its own, and has up to ten connections.
- ${variants}
- connect-mongo is a store of express-session, with the settings of its readme (\`resave: false\`, \`saveUninitialized: false\`).`,
    peers: `- express-session extends the life of a session at each request, with a command of its own. ${touches}`,
    databaseNote: 'This is the CPU of the stand-in, a program in Java, and not that of a MongoDB.',
  },
  encrypt: {
    command: 'command',
    server: 'Redis',
    servers: 'Redis',
    traffic: 'Redis commands',
    trafficHead: 'Commands and bytes',
    trafficNote: `Commands sent to Redis: bytes out / back, per request. Counted by a proxy, in a separate run; exact.`,
    setting: `- Each server is a separate process, with its own Redis. "sealed": its cache has \`encrypt\`.
- ${variants}`,
    peers: `- ${touches}`,
    withoutPeers: 'There is no peer: the contestants are koa-scopes with values as they are, and sealed.',
  },
}
