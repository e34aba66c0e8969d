import type { RecordCreate, Space } from 'koa-scopes'
import type { Content } from './content.js'
import { builtInDrivers, createCodec, formatCredential, leadOf, newCredential, sealOf } from './internals.js'

/** The stored sessions of an application `bench`, without a container in between. */
export interface StoredSessions {
  readonly space: Space
  /** The size of the whole store. */
  bytes(): Promise<number>
  close(): Promise<void>
}

const codec = createCodec()
const endGraceMs = 7 * 86_400_000

/** Enough connections for commits of many creates to share one write to the disk. */
const connections = 32

const optionsOf = {
  redis: (url: string) => ({ url }),
  lmdb: (path: string) => ({ path }),
  postgres: (url: string) => ({ url, connections }),
}

/** `address`: the URL of the server, or the folder. */
export async function openSessions(driverName: keyof typeof optionsOf, address: string): Promise<StoredSessions> {
  const definition = builtInDrivers.get(driverName)
  if (!definition || !('create' in definition)) throw new RangeError(`There is no driver "${driverName}"`)
  const options = definition.options.parse(optionsOf[driverName](address))
  const driver = await definition.create(options, { cache: 'bench', directory: '', onEvicted() {} })
  await driver.open()
  return {
    space: driver.space('bench:session', { endGraceMs }),
    async bytes() {
      const { bytes, usedMemory } = (await driver.health({ now: Date.now() })).details
      return Number(bytes ?? usedMemory)
    },
    close: () => driver.close(),
  }
}

/** All sessions of a benchmark have the same secret, so that a number is enough to visit one. */
const { secret } = newCredential()
const seal = sealOf(secret)

/** The id of the n-th session, as long as a real one. */
export const idOf = (n: number): string => n.toString(36).padStart(22, '0')

/** The cookie of the n-th visitor. */
export const cookieOf = (n: number): string => `bench_sid=${formatCredential({ id: idOf(n), secret })}`

export function encoded(content: Content): ReadonlyMap<string, Uint8Array> {
  return new Map(
    Object.entries(content).map(([name, value], place) => [name, codec.encode(value, name, leadOf(place))]),
  )
}

const idleMs = 1_800_000

/** The change that stores the n-th session. */
export const creation = (n: number, set: ReadonlyMap<string, Uint8Array>, touchedAt: number): RecordCreate => ({
  mode: 'create',
  id: idOf(n),
  version: `first-${n}`,
  seal,
  life: { idleMs, endsAt: null },
  touch: { touchedAt },
  set,
})

const batch = 1_000

/** Stores the sessions from 0 to `count`, last visited `agoMs` ago, in parallel batches. Returns how many it stored in `limitMs`. */
export async function fill(
  space: Space,
  count: number,
  set: ReadonlyMap<string, Uint8Array>,
  agoMs = 0,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<number> {
  const limit = performance.now() + limitMs
  for (let from = 0; from < count; from += batch) {
    if (performance.now() > limit) return from
    const now = Date.now()
    const length = Math.min(batch, count - from)
    await Promise.all(Array.from({ length }, (_, i) => space.save(creation(from + i, set, now - agoMs), { now })))
  }
  return count
}
