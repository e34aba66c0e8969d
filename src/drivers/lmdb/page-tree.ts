import { readSync } from 'node:fs'
import { Damage } from './file-errors.js'
import { type MetaPage, noPage, readTreeRoot, type TreeRoot } from './meta-page.js'

const headerBytes = 24
const nodeBytes = 8
const pageFlags = { branch: 1, leaf: 2, overflow: 4 }
const nodeFlags = { big: 1, tree: 2 }

/** Follows the references between the pages of one snapshot and throws Damage where one leads nowhere. */
export class PageTree {
  readonly #file: number
  readonly #meta: MetaPage
  readonly #pages: number
  readonly #thorough: boolean

  /** `thorough` visits the leaves too, which reads nearly everything. */
  constructor(file: number, meta: MetaPage, fileBytes: number, thorough: boolean) {
    this.#file = file
    this.#meta = meta
    this.#pages = Math.min(meta.lastPage + 1, Math.floor(fileBytes / meta.pageSize))
    this.#thorough = thorough
  }

  check(): void {
    this.#checkTree(this.#meta.free, this.#thorough)
    this.#checkTree(this.#meta.main, true)
  }

  #checkTree({ page, depth }: TreeRoot, leaves: boolean): void {
    if (page !== noPage) this.#checkPage(page, depth, leaves)
  }

  #checkPage(number: number, depth: number, leaves: boolean): void {
    this.#checkNumber(number)
    if (depth <= 1 && !leaves) return
    const kind = depth > 1 ? 'branch' : 'leaf'
    const page = this.#read(number, kind)
    for (const at of this.#nodes(page, number)) {
      if (kind === 'branch') this.#checkPage(childOf(page, at), depth - 1, leaves)
      else this.#checkLeafNode(page, at)
    }
  }

  #checkLeafNode(page: Buffer, at: number): void {
    const flags = page.readUInt16LE(at + 4)
    const content = at + nodeBytes + page.readUInt16LE(at + 6)
    if (flags & nodeFlags.tree) this.#checkTree(readTreeRoot(page, content), this.#thorough)
    if (flags & nodeFlags.big) this.#checkBig(page, content)
  }

  #checkBig(page: Buffer, at: number): void {
    const first = Number(page.readBigUInt64LE(at))
    this.#checkNumber(first)
    this.#checkNumber(first + this.#read(first, 'overflow').readUInt32LE(20) - 1)
  }

  #checkNumber(number: number): void {
    if (number < 2 || number >= this.#pages) throw new Damage(`data.mdb lacks page ${number}`)
  }

  #read(number: number, kind: keyof typeof pageFlags): Buffer {
    const page = Buffer.allocUnsafe(this.#meta.pageSize)
    readSync(this.#file, page, 0, page.length, number * page.length)
    const sound = Number(page.readBigUInt64LE(0)) === number && page.readUInt16LE(18) & pageFlags[kind]
    if (!sound) throw new Damage(`page ${number} of data.mdb is damaged`)
    return page
  }

  *#nodes(page: Buffer, number: number): Generator<number> {
    const end = headerBytes + page.readUInt16LE(20)
    for (let pointer = headerBytes; pointer < end; pointer += 2) {
      const at = pointer < page.length ? headerBytes + page.readUInt16LE(pointer) : page.length
      if (at + nodeBytes > page.length) throw new Damage(`page ${number} of data.mdb is damaged`)
      yield at
    }
  }
}

/** 48 bits: the two halves of the size, then the flags, of a leaf's node. */
const childOf = (page: Buffer, at: number) => page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32
