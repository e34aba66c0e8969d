import type { IncomingMessage } from 'node:http'

/** A request as the log names it. Without the query, which may hold secrets. */
export const routeOf = ({ method, url = '' }: IncomingMessage): string => `${method} ${url.split('?', 1)[0]}`
