import { withoutBrackets } from '../network/address.js'
import type { PasswordOption } from '../network/secret.js'
import type { RedisOptions } from './options.js'

/** The address of a single server, the user, and the database to use. */
export interface Server {
  readonly host?: string
  readonly port?: number
  /** The path of a Unix socket. */
  readonly path?: string
  readonly username?: string
  readonly password?: PasswordOption
  readonly db: number
  readonly tls: boolean
}

const defaultHost = '127.0.0.1'
const defaultPort = 6379

/** The server that the options name. No option is in the URL and beside it: the schema refuses that. */
export function serverOf(options: RedisOptions): Server {
  const { url, host, port = defaultPort, socket, username, password, db = 0, tls = false } = options
  const access = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  const beside = { db, tls: tls !== false, ...access }
  if (socket !== undefined) return { path: socket, ...beside }
  if (url === undefined) return { host: host ?? defaultHost, port, ...beside }
  const named = new URL(url)
  return {
    host: withoutBrackets(named.hostname),
    port: Number(named.port || port),
    ...(named.username && { username: decodeURIComponent(named.username) }),
    ...(named.password && { password: decodeURIComponent(named.password) }),
    ...access,
    db: Number(named.pathname.slice(1) || db),
    tls: named.protocol === 'rediss:' || beside.tls,
  }
}
