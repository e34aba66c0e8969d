import { readSync } from 'node:fs'
import { Damage } from './file-errors.js'
import { type MetaPage, noPage, readCurrentMeta, readTreeRoot, type TreeRoot } from './meta-page.js'

const headerBytes = 24
const nodeBytes = 8
/** The size of LMDB's MDB_ovpage, which a node holds in place of a big value. */
const bigBytes = 24
const pageFlags = { branch: 1, leaf: 2, overflow: 4 }
/** `big`: the value has its own pages. `tree`: the value is the root of a table. */
const nodeFlags = { big: 1, tree: 2 }
/** How keys are sorted: as integers in the tree of free pages, as bytes in the others. */
const sortFlags = { all: 0x7e, integers: 0x08 }

/** `free` lists the free pages, `main` the tables. */
type Tree = 'free' | 'main' | 'table'

/** The pages of one snapshot. `check` follows the references between them and throws Damage if LMDB could not work with them. */
export class PageTree {
  readonly #file: number
  readonly #meta: MetaPage
  readonly #pages: number
  readonly #thorough: boolean
  readonly #used: Uint8Array
  readonly #free: Uint8Array

  /** `thorough` visits the leaves of tables too, which reads nearly everything. */
  constructor(file: number, meta: MetaPage, fileBytes: number, thorough: boolean) {
    this.#file = file
    this.#meta = meta
    this.#pages = Math.min(meta.lastPage + 1, Math.floor(fileBytes / meta.pageSize))
    this.#thorough = thorough
    this.#used = new Uint8Array(this.#pages)
    this.#free = new Uint8Array(this.#pages)
  }

  check(): void {
    this.#checkTree('free', this.#meta.free)
    this.#checkTree('main', this.#meta.main)
    const number = this.#used.findIndex((used, page) => used === 1 && this.#free[page] === 1)
    if (number >= 0) throw new Damage(`data.mdb uses page ${number} and calls it free`)
  }

  #checkTree(tree: Tree, { flags, depth, page }: TreeRoot): void {
    const sorted = flags & sortFlags.all
    if (sorted !== (tree === 'free' ? sortFlags.integers : 0))
      throw new Damage(`data.mdb has a table of kind ${sorted}`)
    if (page !== noPage) this.#checkPage(tree, page, depth)
  }

  #checkPage(tree: Tree, number: number, depth: number): void {
    this.#use(number, 1)
    if (depth <= 1 && tree === 'table' && !this.#thorough) return
    const kind = depth > 1 ? 'branch' : 'leaf'
    const page = this.#read(number, kind)
    if (!page) return
    for (const at of nodesOf(page, kind)) {
      if (kind === 'branch') this.#checkPage(tree, childOf(page, at), depth - 1)
      else this.#checkLeafNode(tree, page, at)
    }
  }

  #checkLeafNode(tree: Tree, page: Buffer, at: number): void {
    const bytes = page.readUInt32LE(at)
    const flags = page.readUInt16LE(at + 4)
    const content = at + nodeBytes + page.readUInt16LE(at + 6)
    const isBig = flags === nodeFlags.big
    if (flags > (tree === 'main' ? nodeFlags.tree : nodeFlags.big)) throw new Damage('a page of data.mdb is damaged')
    if (flags === nodeFlags.tree) this.#checkTree('table', readTreeRoot(page, content))
    if (isBig) this.#checkBig(page, content, bytes)
    if (tree !== 'free') return
    this.#checkFreePages(isBig ? this.#readBig(page, content, bytes) : page.subarray(content, content + bytes))
  }

  #checkBig(page: Buffer, at: number, bytes: number): void {
    const first = firstOf(page, at)
    const count = Number(page.readBigUInt64LE(at + 16))
    this.#use(first, count)
    const head = this.#read(first, 'overflow')
    const isSound = head?.readUInt32LE(20) === count && headerBytes + bytes <= count * head.length
    if (head && !isSound) throw new Damage(`page ${first} of data.mdb is damaged`)
  }

  #readBig(page: Buffer, at: number, bytes: number): Buffer {
    const value = Buffer.alloc(bytes)
    readSync(this.#file, value, 0, bytes, firstOf(page, at) * page.length + headerBytes)
    return value
  }

  /** Reads a list of free pages, which LMDB may overwrite. A negative entry is a count: this many pages from the next number on. */
  #checkFreePages(list: Buffer): void {
    const length = Number(list.readBigUInt64LE(0))
    let count = 1
    for (let index = 1; index <= length; index += 1) {
      const entry = Number(list.readBigInt64LE(index * 8))
      if (entry > 0) this.#setFree(entry, count)
      count = Math.max(1, -entry)
    }
  }

  /** Marks pages as free. They may lie behind the end of the file. */
  #setFree(first: number, count: number): void {
    if (first < 2 || first + count - 1 > this.#meta.lastPage) throw new Damage(`data.mdb lacks page ${first}`)
    this.#free.fill(1, first, first + count)
  }

  /** Marks pages as used. Each page has one use. */
  #use(first: number, count: number): void {
    const end = first + count
    if (first < 2 || end > this.#pages) throw new Damage(`data.mdb lacks page ${end - 1}`)
    for (let page = first; page < end; page += 1) {
      if (this.#used[page] === 1) throw new Damage(`data.mdb uses page ${page} twice`)
      this.#used[page] = 1
    }
  }

  /**
   * Reads a page; undefined if another process has overwritten it, because it no longer belongs to the current snapshot. A
   * page that only looks newer is damaged: LMDB would take it for a page in memory and write to the file mapping, which ends
   * the process.
   */
  #read(number: number, kind: keyof typeof pageFlags): Buffer | undefined {
    const page = Buffer.allocUnsafe(this.#meta.pageSize)
    readSync(this.#file, page, 0, page.length, number * page.length)
    const isItself = Number(page.readBigUInt64LE(0)) === number
    const transaction = Number(page.readBigUInt64LE(8))
    const isNewer = transaction > this.#meta.transaction
    if (isItself && !isNewer && page.readUInt16LE(18) === pageFlags[kind]) return page
    if (isItself && isNewer && this.#isWrittenBy(transaction)) return undefined
    throw new Damage(`page ${number} of data.mdb is damaged`)
  }

  /** Whether the snapshot has been replaced, and the transaction is committed or the next one to be. */
  #isWrittenBy(transaction: number): boolean {
    const current = readCurrentMeta(this.#file).transaction
    return current > this.#meta.transaction && transaction <= current + 1
  }
}

/** The offsets of a page's nodes. Their list ends at `lower`; the nodes fill the page from `upper` to its end. */
function nodesOf(page: Buffer, kind: 'branch' | 'leaf'): readonly number[] {
  const lower = page.readUInt16LE(20)
  const upper = page.readUInt16LE(22)
  const nodes: number[] = []
  let bytes = headerBytes + upper
  for (let pointer = headerBytes; pointer < headerBytes + lower; pointer += 2) {
    const at = headerBytes + page.readUInt16LE(pointer)
    nodes.push(at)
    bytes += nodeSize(page, at, kind)
  }
  const sound = nodes.length > 0 && lower <= upper && bytes === page.length
  if (sound && Math.min(...nodes) === headerBytes + upper) return nodes
  throw new Damage(`page ${page.readBigUInt64LE(0)} of data.mdb is damaged`)
}

/** The bytes that a node takes, rounded up to an even number. */
function nodeSize(page: Buffer, at: number, kind: 'branch' | 'leaf'): number {
  const key = page.readUInt16LE(at + 6)
  const isBig = page.readUInt16LE(at + 4) === nodeFlags.big
  const value = isBig ? bigBytes : page.readUInt32LE(at)
  const size = nodeBytes + key + (kind === 'leaf' ? value : 0)
  return size + (size % 2)
}

/** The number of the first page of a big value. */
const firstOf = (page: Buffer, at: number) => Number(page.readBigUInt64LE(at))

/** The page below a branch node: 48 bits, where a leaf node has the two halves of its size and its flags. */
const childOf = (page: Buffer, at: number) => page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32
