import type { Server as NodeServer } from 'node:http'
import type { ServerConfig } from '../config/config.js'
import { descriptorIn, isSocketFile } from '../config/schema/port.js'

/** Where a server listens. */
export type Address =
  | { readonly host: string; readonly port: number }
  /** A Unix socket, or a named pipe of Windows, which is no file. */
  | { readonly path: string; readonly isFile: boolean; readonly mode?: number | undefined }
  /** A listening socket that this process inherited. */
  | { readonly fd: number }

/** Where an address is configured, for messages. */
export type AddressKey = 'server.port' | 'admin.port'

export function addressOf({ host, port, socketMode }: Pick<ServerConfig, 'host' | 'port' | 'socketMode'>): Address {
  const fd = descriptorIn(port)
  if (fd !== undefined) return { fd }
  return typeof port === 'number' ? { host, port } : { path: port, isFile: isSocketFile(port), mode: socketMode }
}

/** An address for messages. */
export const nameOf = (address: Address): string =>
  'host' in address
    ? `Port ${address.port} on ${address.host}`
    : `The ${'fd' in address ? 'descriptor' : 'socket'} ${plainName(address)}`

/** The URL of an address; of one without a port `unix:` and the path, or the name of the pipe or descriptor. */
export function urlOf(address: Address): string {
  if (!('host' in address)) return plainName(address)
  const { host, port } = address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const plainName = (address: Exclude<Address, { readonly host: string }>): string => {
  if ('fd' in address) return `fd:${address.fd}`
  return address.isFile ? `unix:${address.path}` : address.path
}

/** Where a server listens that was asked to listen at `asked`: with the port that it was given. */
export function addressOfListening(server: NodeServer, asked: Address): Address {
  const bound = server.address()
  return bound === null || typeof bound === 'string' ? asked : { host: bound.address, port: bound.port }
}
