import { existsSync, fstatSync, lstatSync, type Stats, unlinkSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import type { Server as NodeServer } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { reasonOf, ScopesError } from '../errors/scopes-error.js'
import { type Address, type AddressKey, nameOf } from './address.js'

/** Listens. The file that a dead process left of a Unix socket is replaced. Throws PORT_IN_USE, LISTEN_FAILED. */
export async function listenAt(server: NodeServer, address: Address, key: AddressKey): Promise<void> {
  try {
    if ('fd' in address) checkInherited(address.fd)
    await begin(server, address).catch(async (error) => {
      if (!isInUse(error) || !('path' in address) || !(await removeStale(address.path))) throw error
      await begin(server, address)
    })
    if ('path' in address && address.mode !== undefined) await chmod(address.path, address.mode)
  } catch (cause) {
    server.close()
    const where = nameOf(address)
    if (isInUse(cause)) throw new ScopesError('PORT_IN_USE', { where, key }, { cause })
    throw new ScopesError(
      'LISTEN_FAILED',
      { where, reason: reasonOf(cause), remedy: remedyFor(cause, address, key) },
      { cause },
    )
  }
}

function begin(server: NodeServer, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen('path' in address ? { path: address.path } : address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Removes the file of a Unix socket that no process listens on. false if one does, or if the file is something else: then it
 * stays.
 */
async function removeStale(path: string): Promise<boolean> {
  const found = statOf(path)
  if (!found) return true
  if (!found.isSocket() || (await isAnswered(path))) return false
  // Another process that starts now may have replaced it meanwhile.
  if (statOf(path)?.ino === found.ino) unlinkSync(path)
  return true
}

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false })

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED'))
  })
}

/** Node uses descriptors itself: to listen on one that was not passed on would break this process. */
function checkInherited(fd: number): void {
  const stat = statOfDescriptor(fd)
  if (stat?.isSocket()) return
  const { LISTEN_PID: meant } = process.env
  if (meant !== undefined && meant !== String(process.pid))
    throw new NotPassed(`systemd passed its sockets to the process ${meant}, and this one is ${process.pid}`)
  throw new NotPassed(`the descriptor ${fd} is ${stat ? 'no socket' : 'not open'}`)
}

function statOfDescriptor(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined // it is not open
  }
}

class NotPassed extends Error {}

const noSuchHost = new Set(['EADDRNOTAVAIL', 'ENOTFOUND'])

function remedyFor(cause: unknown, address: Address, key: AddressKey): string {
  const section = key === 'admin.port' ? 'admin' : 'server'
  if (cause instanceof NotPassed)
    return 'Start node directly from the process that passes the socket on, such as in ExecStart= of a systemd unit, without npm or a shell.'
  // Node reports a missing folder as a missing right.
  if ('path' in address)
    return existsSync(dirname(address.path))
      ? 'Choose a folder that this process may write.'
      : 'Create the folder of the socket.'
  const code = codeOf(cause) ?? ''
  if (code === 'EACCES') return 'Choose a port from 1024 on, or give this process the right to use it.'
  return noSuchHost.has(code)
    ? `Correct ${section}.host: it is no address of this machine. 0.0.0.0 means all that it has.`
    : `Correct ${section}.port or ${section}.host.`
}

const isInUse = (error: unknown): boolean => codeOf(error) === 'EADDRINUSE'

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
