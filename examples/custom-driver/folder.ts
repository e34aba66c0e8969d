import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EpochMs, type RecordHead, StorageError, type StoredRecord } from 'koa-scopes'

/** A record as it lies in its file. */
export interface FiledRecord {
  readonly record: StoredRecord
  /** From when on it may be claimed; null: not at all. */
  readonly dueAt: EpochMs | null
  readonly claim?: { readonly token: string; readonly attempt: number }
}

/** A name for any space or record: ids may hold slashes, and file systems may not tell upper from lower case. */
export const fileNameOf = (name: string): string => createHash('sha256').update(name).digest('hex')

/** The files of one space. */
export class Folder {
  readonly #path: string
  readonly #cache: string

  constructor(path: string, cache: string) {
    this.#path = path
    this.#cache = cache
  }

  read(id: string): Promise<FiledRecord | undefined> {
    return this.readFile(`${fileNameOf(id)}.json`)
  }

  async readFile(file: string): Promise<FiledRecord | undefined> {
    const text = await readFile(join(this.#path, file), 'utf8').catch(undefinedWhenAbsent)
    return text === undefined ? undefined : this.#parse(text, file)
  }

  /** A reader, and a process that dies, finds the old file or the new one, never half of one. */
  async write(filed: FiledRecord): Promise<void> {
    const path = this.#pathOf(filed.record.id)
    await mkdir(this.#path, { recursive: true })
    await writeFile(`${path}.new`, textOf(filed))
    await rename(`${path}.new`, path)
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id))
  }

  /** The names of all files, in an order that stays. */
  async files(): Promise<readonly string[]> {
    const names = (await readdir(this.#path).catch(undefinedWhenAbsent)) ?? []
    return names.filter((name) => name.endsWith('.json')).sort()
  }

  #pathOf(id: string): string {
    return join(this.#path, `${fileNameOf(id)}.json`)
  }

  #parse(text: string, file: string): FiledRecord {
    try {
      return filedFrom(text)
    } catch (cause) {
      const reason = `${join(this.#path, file)} is not a record`
      throw new StorageError('STORAGE_CORRUPT', { cache: this.#cache, reason }, { cause })
    }
  }
}

/** Attributes are pairs, not members of an object, so that one may be named `__proto__`. */
function textOf({ record: { attributes, ...head }, ...filed }: FiledRecord): string {
  const pairs = [...attributes].map(([name, value]) => [name, Buffer.from(value).toString('base64')])
  return JSON.stringify({ ...filed, head, attributes: pairs })
}

function filedFrom(text: string): FiledRecord {
  const { head, attributes, ...filed } = JSON.parse(text) as Omit<FiledRecord, 'record'> & {
    readonly head: RecordHead
    readonly attributes: readonly (readonly [name: string, base64: string])[]
  }
  const values = attributes.map(([name, base64]) => [name, Buffer.from(base64, 'base64')] as const)
  return { ...filed, record: { ...head, attributes: new Map(values) } }
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
