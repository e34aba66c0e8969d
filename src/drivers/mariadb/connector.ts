import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { DriverEnvironment } from '../definition.js'
import { missingClient } from '../missing-client.js'
import { passwordFrom, secretOf } from '../network/secret.js'
import type { TlsOption } from '../network/server-options.js'
import { type TlsSettings, tlsSettings } from '../network/tls.js'
import { accessOf, nameOf, type Place, placesOf } from './address.js'
import type { Client, Prepared } from './client.js'
import { Line, type Row } from './line.js'
import type { MariadbOptions } from './options.js'
import { checkFitness, sessionStatements, settingsOf } from './settings.js'
import { type StatementName, statementNames, statementOf } from './statements.js'

const connectTimeoutMs = 5_000
/** The most that the protocol allows. What a server sends is bounded by its own max_allowed_packet. */
const largestPacket = 2 ** 30

/** Connects to servers. */
export interface Connector {
  readonly places: readonly Place[]
  /** The servers, for messages. */
  readonly where: string
  /** Connects, and prepares all statements. `bare`: none, for work on the tables themselves. Throws errors of mariadb, and Unfit. */
  connect(place: Place, bare?: boolean): Promise<Line>
}

async function imported(cache: string): Promise<typeof import('mariadb')> {
  try {
    return await import('mariadb')
  } catch (cause) {
    throw missingClient({ cache, name: 'mariadb', store: 'MariaDB and MySQL' }, cause)
  }
}

/** Imports the client. Throws STORAGE_UNUSABLE. */
export async function connectorOf(
  options: MariadbOptions,
  { cache, directory }: Pick<DriverEnvironment, 'cache' | 'directory'>,
): Promise<Connector> {
  const { createConnection } = await imported(cache)
  const ssl = options.tls ? sslOf(options.tls, tlsSettings(options.tls, directory, cache)) : undefined
  const { password: named, ...access } = accessOf(options)
  const secret = secretOf({ password: named, passwordFile: options.passwordFile }, { cache, directory })
  const places = placesOf(options)
  const common = {
    ...access,
    connectTimeout: connectTimeoutMs,
    maxAllowedPacket: largestPacket,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    checkDuplicate: false,
    // The values of visitors must not get into errors.
    logParam: false,
    permitRedirect: false,
  }
  return {
    places,
    where: places.map(nameOf).join(', ') + (ssl ? ' over TLS' : ''),
    async connect(place, bare = false) {
      const password = await passwordFrom(secret)
      let socket: Socket | undefined
      const client = (await createConnection({
        ...common,
        ...(password !== undefined && { password }),
        ...('host' in place && place),
        ...(ssl && { ssl: sslFor(place, ssl) }),
        stream: (done: (error?: Error, stream?: Socket) => void) => {
          socket = connectSocket('path' in place ? place : { ...place, noDelay: true })
          done(undefined, socket)
        },
      } as never)) as unknown as Client
      // The time limit of mariadb ends with the handshake.
      const late = setTimeout(
        () => socket?.destroy(new Error(`The server has not answered for ${connectTimeoutMs} ms`)),
        connectTimeoutMs,
      )
      try {
        return await lineOf(client, socket as Socket, place, bare ? [] : statementNames, options.tables)
      } catch (error) {
        client.on('error', () => {})
        socket?.destroy()
        throw error
      } finally {
        clearTimeout(late)
      }
    },
  }
}

async function lineOf(
  client: Client,
  socket: Socket,
  place: Place,
  names: readonly StatementName[],
  tables: string,
): Promise<Line> {
  client.on('error', () => {}) // each statement rejects
  const settings = settingsOf((await client.query(statementOf('settings', tables))) as readonly Row[])
  checkFitness(settings)
  for (const statement of sessionStatements(settings)) await client.query(statement)
  const statements = await Promise.all(
    names.map(
      async (name): Promise<[StatementName, Prepared]> => [name, await client.prepare(statementOf(name, tables))],
    ),
  )
  return new Line(client, socket, place, new Map(statements), Number(settings.get('max_allowed_packet')))
}

/**
 * Without an authority of its own, mariadb lets the password vouch for a certificate that nothing else does, and passes over the
 * pin of one that it has verified.
 */
const sslOf = (tls: TlsOption, settings: TlsSettings): object =>
  typeof tls === 'object' && tls.pin !== undefined && !settings.ca ? { ...settings, ca: rootCertificates } : settings

/** The host must be given, because TLS runs over a socket whose host the client does not tell. An address is no server name. */
const sslFor = (place: Place, ssl: object) => {
  if (!('host' in place)) return ssl
  return isIP(place.host) === 0 ? { servername: place.host, ...ssl } : { host: place.host, ...ssl }
}
