import { entry, type InScope } from './entry.js'

const ends: Readonly<Record<string, string>> = {
  ended: 'its session has ended',
  shutdown: 'the container closes',
  closed: 'it was closed',
}

/** The part of the error table that concerns live connections. */
export const connectionErrors = {
  ORIGIN_REFUSED: entry<{ origin: string | undefined; host: string }>(
    403,
    (d) =>
      d.origin === undefined
        ? `A live connection to ${d.host} was refused, because its request has no Origin, or another site made it.`
        : `A live connection to ${d.host} was refused, because a page of ${JSON.stringify(d.origin)} asked for it.`,
    'If that page is yours, name its origin: connect(shop, request, { origins: [...] }). Behind a proxy, set server.proxy: true.',
  ),
  CONNECTION_ENDED: entry<{ end: string }>(
    409,
    (d) => `This live connection can run nothing more, because ${ends[d.end] ?? 'it has ended'}.`,
    'Open another connection.',
  ),
  CONNECTION_WITHOUT_RECORD: entry<InScope>(
    409,
    (d) =>
      `This live connection has no ${d.scope}: there was none when it was opened, or it has ended. None can begin here, because its credential could not reach the visitor.`,
    'Begin it in the function open of connect(), or in a request before, and open another connection.',
  ),
  CONNECTION_CANNOT_ISSUE: entry<InScope & { operation: string }>(
    500,
    (d) =>
      `${d.operation} in a run of a live connection would replace the secret of the ${d.scope}, and the new one could not reach the visitor.`,
    'Call it in a request: the connection goes on with the same record.',
  ),
  WEB_SOCKETS_MISSING: entry<{ reason: string }>(
    500,
    (d) => `webSockets() needs the package ws, which cannot be loaded: ${d.reason}.`,
    'Run: npm install ws',
  ),
}
