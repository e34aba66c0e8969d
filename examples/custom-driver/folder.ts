import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StorageError, type TableRow } from 'koa-scopes'

/** A file name for any space or record: ids may contain slashes, and a file system may ignore case. */
export const fileNameOf = (name: string): string => createHash('sha256').update(name).digest('hex')

/** The files of one space, one for each row. */
export class Folder {
  readonly #path: string
  readonly #cache: string

  constructor(path: string, cache: string) {
    this.#path = path
    this.#cache = cache
  }

  async read(file: string): Promise<string | undefined> {
    return readFile(join(this.#path, file), 'utf8').catch(undefinedWhenAbsent)
  }

  /** A reader finds the old file or the new one, never half a file, even after a crash. */
  async write(file: string, text: string): Promise<void> {
    const path = join(this.#path, file)
    await mkdir(this.#path, { recursive: true })
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.#path, file))
  }

  /** The names of all files, always in the same order. */
  async files(): Promise<readonly string[]> {
    const names = (await readdir(this.#path).catch(undefinedWhenAbsent)) ?? []
    return names.filter((name) => name.endsWith('.json')).sort()
  }

  /** Throws STORAGE_CORRUPT. */
  rowIn(text: string, file: string): TableRow {
    try {
      const { attributes, ...row } = JSON.parse(text) as Filed
      return { ...row, attributes: new Map(attributes.map(([name, base64]) => [name, Buffer.from(base64, 'base64')])) }
    } catch (cause) {
      const reason = `${join(this.#path, file)} is not a record`
      throw new StorageError('STORAGE_CORRUPT', { cache: this.#cache, reason }, { cause })
    }
  }
}

/** Attributes are pairs, not members of an object, so that one may be named `__proto__`. */
type Filed = Omit<TableRow, 'attributes'> & {
  readonly attributes: readonly (readonly [name: string, base64: string])[]
}

export function textOf({ attributes, ...row }: TableRow): string {
  const pairs = [...attributes].map(([name, value]) => [name, Buffer.from(value).toString('base64')])
  return JSON.stringify({ ...row, attributes: pairs })
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
