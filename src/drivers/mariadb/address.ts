import { withoutBrackets } from '../network/address.js'
import type { PasswordOption } from '../network/secret.js'
import type { MariadbOptions } from './options.js'

/** Where a server listens. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string }

/** The user and the database. */
export interface Access {
  readonly user: string
  readonly password?: PasswordOption
  readonly database: string
}

const defaultHost = '127.0.0.1'
const defaultPort = 3306
const defaultUser = 'root'

/** The servers that the options name, in the order in which they are tried. */
export function placesOf({ url, host, port = defaultPort, socket, hosts }: MariadbOptions): readonly Place[] {
  if (socket !== undefined) return [{ path: socket }]
  if (hosts) return hosts.map((text) => hostOf(new URL(`mariadb://${text}`), defaultPort))
  if (url !== undefined) return [hostOf(new URL(url), port)]
  return [{ host: host ?? defaultHost, port }]
}

/** No option is in the URL and beside it: the schema refuses that. */
export function accessOf({ url, username, password, database = '' }: MariadbOptions): Access {
  const inUrl = url === undefined ? undefined : new URL(url)
  const secret = password ?? (inUrl?.password ? decodeURIComponent(inUrl.password) : undefined)
  return {
    user: username ?? (inUrl?.username ? decodeURIComponent(inUrl.username) : defaultUser),
    ...(secret !== undefined && { password: secret }),
    database: database || decodeURIComponent(inUrl?.pathname.slice(1) ?? ''),
  }
}

export const nameOf = (place: Place): string => ('path' in place ? place.path : `${place.host}:${place.port}`)

const hostOf = ({ hostname, port }: URL, otherPort: number): Place => ({
  host: withoutBrackets(hostname),
  port: Number(port || otherPort),
})
