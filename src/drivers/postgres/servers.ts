import type { DriverEnvironment } from '../definition.js'
import { addressOf, withoutBrackets } from '../network/address.js'
import { type Secret, secretOf } from '../network/secret.js'
import { type TlsSettings, tlsSettings } from '../network/tls.js'
import type { ClientSettings } from './client.js'
import { asksForTls, type PostgresOptions, refusesTls } from './options.js'

const defaultPort = 5432
const defaultUser = 'postgres'
const connectTimeoutMs = 5_000

/** How long a server that does not answer is waited for before the next one is asked too. */
export const headStartMs = 500

/** The servers that the options name, each with the settings of a connection to it. */
export interface Servers {
  readonly settings: readonly ClientSettings[]
  /** For messages. */
  readonly where: string
}

type Place = Pick<ClientSettings, 'host' | 'port'>

/** Throws STORAGE_UNUSABLE if a file of `tls` cannot be read. */
export function serversOf(options: PostgresOptions, { cache, directory }: DriverEnvironment): Servers {
  const { url } = options
  const tls = url === undefined ? options.tls : !refusesTls(url) && (options.tls || asksForTls(url))
  const files = tls ? tlsSettings(options.tls, directory, cache) : false
  return serversAt(placesOf(options), accessOf(options, { cache, directory }), files)
}

/** The server to listen to, if it is not the one for statements. */
export function listeningServers(options: PostgresOptions, environment: DriverEnvironment): Servers | undefined {
  const { listen: url } = options
  const elsewhere = { host: undefined, hosts: undefined, socket: undefined, port: undefined }
  return url === undefined ? undefined : serversOf({ ...options, ...elsewhere, url }, environment)
}

function serversAt(places: readonly Place[], access: Access, ssl: TlsSettings | false): Servers {
  const common = {
    ...access,
    timeoutMs: connectTimeoutMs,
    keepAlive: true,
    application_name: 'koa-scopes',
  }
  const settings = places.map((place) => ({
    ...place,
    ...common,
    ssl,
    pipeline: true,
  }))
  return { settings, where: places.map(nameOf).join(', ') + (ssl ? ' over TLS' : '') }
}

function placesOf({ url, host, port = defaultPort, socket, hosts }: PostgresOptions): readonly Place[] {
  if (socket !== undefined) return [{ host: socket }]
  if (hosts) return hosts.map((text) => addressOf(text))
  if (url === undefined) return [{ host: host ?? '127.0.0.1', port }]
  const named = new URL(url)
  return [{ host: withoutBrackets(named.hostname), port: Number(named.port || port) }]
}

/** The user and the database. */
interface Access {
  readonly user: string
  readonly database: string
  readonly password?: Secret
}

/** No option is in the URL and beside it: the schema refuses that. */
function accessOf(
  { url, username, password, passwordFile, database }: PostgresOptions,
  environment: Pick<DriverEnvironment, 'cache' | 'directory'>,
): Access {
  const named = url === undefined ? undefined : new URL(url)
  const part = (text: string | undefined) => (text ? decodeURIComponent(text) : undefined)
  const user = username ?? part(named?.username) ?? defaultUser
  const secret = secretOf({ password: password ?? part(named?.password), passwordFile }, environment)
  return {
    user,
    database: database ?? part(named?.pathname.slice(1)) ?? user,
    ...(secret !== undefined && { password: secret }),
  }
}

const nameOf = ({ host, port }: Place): string => (port === undefined ? host : `${host}:${port}`)
