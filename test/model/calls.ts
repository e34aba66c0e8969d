import type {
  CallOptions,
  Claim,
  ClaimOptions,
  LeaseOptions,
  ListPage,
  ListQuery,
  LoadOptions,
  RecordChange,
  RecordHead,
  Space,
} from '../../src/storage/contract.js'
import type { Oracle } from './oracle.js'

/** One call of the contract, to send to a driver and to ask the oracle. */
export interface Call {
  /** Method and arguments, for messages. */
  readonly said: readonly unknown[]
  send(space: Space): Promise<unknown>
  /** What the driver should have answered; the oracle changes. `answer`: what it did answer. `isAlone`: no other call was under way. */
  expected(oracle: Oracle, answer: unknown, isAlone: boolean): unknown
}

/** No space of these tests needs so many pages. */
const mostPages = 300

export const load = (id: string, options: LoadOptions): Call => ({
  said: ['load', id, options],
  send: (space) => space.load(id, options),
  expected: (oracle) => oracle.load(id, options),
})

export const save = (change: RecordChange, options: CallOptions): Call => ({
  said: ['save', change, options],
  send: (space) => space.save(change, options),
  expected: (oracle) => oracle.save(change, options),
})

export const lock = (id: string, options: LeaseOptions): Call => ({
  said: ['lock', id, options],
  send: async (space) => space.lock?.(id, options),
  expected: (oracle) => oracle.lock(id, options),
})

export const unlock = (id: string, options: CallOptions & { readonly token: string }): Call => ({
  said: ['unlock', id, options],
  send: async (space) => space.unlock?.(id, options),
  expected: (oracle) => oracle.unlock(id, options.token),
})

export const claimExpired = (options: ClaimOptions): Call => ({
  said: ['claimExpired', options],
  send: (space) => space.claimExpired(options),
  expected: (oracle, answer, isAlone) => oracle.claimExpired(options, answer as readonly Claim[], isAlone),
})

export const renew = (claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Call => ({
  said: ['renew', claims, options],
  send: async (space) => [...(await space.renew(claims, options))].sort(),
  expected: (oracle) => oracle.renew(claims, options).sort(),
})

export const settle = (claims: readonly Claim[], options: CallOptions): Call => ({
  said: ['settle', claims, options],
  send: async (space) => [...(await space.settle(claims, options))].sort(),
  expected: (oracle) => oracle.settle(claims).sort(),
})

/** All pages. */
export const list = (query: ListQuery): Call => ({
  said: ['list', query],
  send: async (space) => (await everyHead(space, query)).sort(byId),
  expected: (oracle) => oracle.live(query.now, query.principal).sort(byId),
})

export const count = (options: CallOptions, isExact: boolean): Call => ({
  said: ['count', options],
  send: (space) => space.count(options),
  expected: (oracle, answer) => (isExact || !Number.isInteger(answer) ? oracle.live(options.now).length : answer),
})

async function everyHead(space: Space, query: ListQuery): Promise<RecordHead[]> {
  const heads: RecordHead[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await onePage(space, { ...query, ...(cursor !== undefined && { cursor }) })
    heads.push(...page.items)
    cursor = page.cursor
    if (cursor === undefined) return heads
  }
  throw new Error(`A listing still has a cursor after ${mostPages} pages: ${JSON.stringify(cursor)}`)
}

export async function onePage(space: Space, query: ListQuery): Promise<ListPage> {
  const page = await space.list(query)
  if (page.items.length > query.limit) throw new Error(`A page of ${query.limit} has ${page.items.length} items`)
  return page
}

const byId = (a: RecordHead, b: RecordHead) => (a.id < b.id ? -1 : 1)
