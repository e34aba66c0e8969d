import { readSync } from 'node:fs'
import { Damage } from './file-errors.js'

/** The root of one snapshot: LMDB's MDB_meta, after the page header. */
export interface MetaPage {
  readonly pageSize: number
  readonly free: TreeRoot
  readonly main: TreeRoot
  readonly lastPage: number
  readonly transaction: number
}

/** The root of one tree: LMDB's MDB_db. */
export interface TreeRoot {
  /** How the keys are sorted. In the root of the free pages, also the flags of the file. */
  readonly flags: number
  /** 1: the root is a leaf. */
  readonly depth: number
  /** `noPage`: the tree is empty. */
  readonly page: number
}

export const noPage = 2 ** 64

const magic = 0xbeefc0de
const version = 2
const metaBytes = 160
const pageSizes = new Set([512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])

const number = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at))

export const readTreeRoot = (bytes: Buffer, at: number): TreeRoot => ({
  flags: bytes.readUInt16LE(at + 4),
  depth: bytes.readUInt16LE(at + 6),
  page: number(bytes, at + 40),
})

function readMeta(file: number, at: number): MetaPage {
  const bytes = Buffer.alloc(metaBytes)
  if (readSync(file, bytes, 0, metaBytes, at) < metaBytes) throw new Damage('data.mdb is cut short')
  if (bytes.readUInt32LE(24) !== magic) throw new Damage('data.mdb is not an LMDB file, or its beginning is damaged')
  const found = bytes.readUInt32LE(28) & 0xffff
  if (found !== version) throw new Damage(`data.mdb has version ${found} of the LMDB format, not ${version}`)
  const pageSize = bytes.readUInt32LE(48)
  if (!pageSizes.has(pageSize)) throw new Damage(`data.mdb says its pages have ${pageSize} bytes`)
  return {
    pageSize,
    free: readTreeRoot(bytes, 48),
    main: readTreeRoot(bytes, 96),
    lastPage: number(bytes, 144),
    transaction: number(bytes, 152),
  }
}

/** LMDB writes the two meta pages in turn; the newer one counts. */
export function readCurrentMeta(file: number): MetaPage {
  const first = readMeta(file, 0)
  const second = readMeta(file, first.pageSize)
  return first.transaction >= second.transaction ? first : second
}
