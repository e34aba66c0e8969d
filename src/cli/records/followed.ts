import type { Directory, RecordInfo } from '../../scopes/request/directory.js'

const pageSize = 500
/** Beyond this, a round would take minutes and the memory of a process that only looks. */
const mostFollowed = 20_000

/** What one look has found. */
export interface Look {
  readonly count: number
  /** Whether logins and ends are followed: not while there are more than 20,000 records. */
  readonly isFollowed: boolean
  readonly logins: readonly RecordInfo[]
  readonly ends: readonly RecordInfo[]
}

type Records = ReadonlyMap<string, RecordInfo>

/**
 * Finds logins and ends in a store by comparing listings. A look costs one count and one page of 500, so with more records a
 * round takes several looks, and what happens shows that much later. A record that begins and ends within a round is missed.
 */
export class FollowedRecords {
  readonly #directory: Pick<Directory<object>, 'count' | 'list'>
  /** All records of the last complete round; undefined before the first. */
  #before: Records | undefined
  #current = new Map<string, RecordInfo>()
  #cursor: string | undefined

  constructor(directory: Pick<Directory<object>, 'count' | 'list'>) {
    this.#directory = directory
  }

  async look(): Promise<Look> {
    const count = await this.#directory.count()
    if (count > mostFollowed) {
      this.#begin(undefined)
      return { count, isFollowed: false, logins: [], ends: [] }
    }
    const { cursor, items } = await this.#directory.list({
      limit: pageSize,
      ...(this.#cursor && { cursor: this.#cursor }),
    })
    const logins = items.filter((item) => this.#isLogin(item))
    for (const item of items) this.#current.set(item.id, item)
    this.#cursor = cursor
    return { count, isFollowed: true, logins, ends: cursor === undefined ? this.#finish() : [] }
  }

  #isLogin({ id, principal }: RecordInfo): boolean {
    return this.#before !== undefined && principal !== null && this.#before.get(id)?.principal !== principal
  }

  /** Ends a round. Returns the records that the round before had and this one has not. */
  #finish(): readonly RecordInfo[] {
    const current = this.#current
    const ends = [...(this.#before?.values() ?? [])].filter(({ id }) => !current.has(id))
    this.#begin(current)
    return ends
  }

  #begin(before: Records | undefined): void {
    this.#before = before
    this.#current = new Map()
    this.#cursor = undefined
  }
}
