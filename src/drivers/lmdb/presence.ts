import { readFileSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import type * as lmdb from 'lmdb'
import { OtherPidNamespace } from './file-errors.js'

/** The part of lmdb-js that its types leave out. */
interface NativeAddon {
  readonly Txn: new (environment: unknown, flags: number) => lmdb.Transaction & { readonly address: number }
  resetTxn(address: number): void
}

export type Lmdb = typeof lmdb

/** LMDB's MDB_RDONLY. */
const readOnly = 0x20000

/**
 * Makes this process known to all others on the file, without reading a clock: a kernel lock that ends with the process says
 * who lives. LMDB identifies processes by pid and threads by thread id, also where it decides that the owner of a lock has
 * died. In another pid namespace, as in another container, the same ids belong to other processes. Then a read waits for a
 * lock that its own pid seems to hold, and a living writer can be taken for dead. So this throws OtherPidNamespace.
 * Keep the result as long as the file is open: LMDB's reader table lists this process only while it exists.
 */
export function announce(lmdb: Lmdb, root: lmdb.RootDatabase): Presence {
  const presence = claimPid(lmdb, root)
  const processes = root.openDB<string, number>('processes', { encoding: 'json' })
  root.transactionSync(() => register(root, processes))
  return presence
}

/** Whether any process was ever announced. */
export const hasProcesses = (root: lmdb.RootDatabase): boolean =>
  Boolean(root.openDB('processes', { encoding: 'json', create: false } as lmdb.DatabaseOptions))

/** A slot in LMDB's reader table, for single looks: each on a snapshot of its own, which it does not keep. */
export class Presence {
  readonly #addon: NativeAddon
  readonly #transaction: InstanceType<NativeAddon['Txn']>

  constructor(addon: NativeAddon, root: lmdb.RootDatabase) {
    this.#addon = addon
    this.#transaction = new addon.Txn((root as unknown as { readonly env: unknown }).env, readOnly)
    this.#letGo()
  }

  /** Reads what any process of this host has committed. LMDB renews the snapshot; lmdb-js's own would take a timer each time. */
  look<Value>(table: lmdb.Database<Value, Buffer>, key: Buffer): Value | undefined {
    try {
      return table.get(key, { transaction: this.#transaction })
    } finally {
      this.#letGo()
    }
  }

  #letGo(): void {
    this.#addon.resetTxn(this.#transaction.address)
  }
}

/**
 * Takes the lock of this pid, and a slot in the reader table that pins no snapshot. lmdb-js would block the main thread at
 * its first read if a process of another namespace held the lock.
 */
function claimPid(lmdb: Lmdb, root: lmdb.RootDatabase): Presence {
  const { nativeAddon } = lmdb as unknown as { readonly nativeAddon: NativeAddon }
  try {
    return new Presence(nativeAddon, root)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === constants.errno.EAGAIN
    throw isTaken ? new OtherPidNamespace(`it has the pid ${process.pid} too`, { cause: error }) : error
  }
}

/** Compares the namespaces of all living processes with this one's. A transaction, so that of two at once the second one sees the first. */
function register(root: lmdb.RootDatabase, processes: lmdb.Database<string, number>): void {
  const own = pidNamespace()
  root.readerCheck()
  const others = [...root.readerList().matchAll(/^\s*(\d+)\s/gm)].map(([, pid]) => Number(pid))
  const stranger = others.find((pid) => pid !== process.pid && (processes.get(pid) ?? own) !== own)
  if (stranger !== undefined) throw new OtherPidNamespace(`its pid there is ${stranger}`)
  for (const pid of [...processes.getKeys()]) if (!others.includes(pid)) processes.removeSync(pid)
  processes.putSync(process.pid, own)
}

/** The same for all processes of one namespace; empty on platforms that have none. */
function pidNamespace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}
