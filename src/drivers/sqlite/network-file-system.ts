import { statfsSync } from 'node:fs'

/** File systems that SQLite's locks or shared memory cannot be relied on, by the types that statfs returns. */
const names: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x5346414f, 'AFS'],
])

/** The name of the network file system of this type; undefined if it is none that is known. */
export const networkFileSystem = (type: number): string | undefined => names.get(type >>> 0)

/** A warning if the folder is on a network file system. */
export function placeWarnings(folder: string): readonly string[] {
  const name = networkFileSystem(statfsSync(folder).type)
  return name
    ? [
        `${folder} is on a file system of the type ${name}: SQLite's locks and shared memory may fail there, and sessions be lost. Use a local disk, or a store on the network such as Redis.`,
      ]
    : []
}
