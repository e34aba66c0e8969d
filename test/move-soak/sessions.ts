import { createCodec } from '../../src/codec/create.js'
import { isSealing } from '../../src/drivers/definition.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { leadOf } from '../../src/scopes/attributes/place.js'
import { formatCredential, newCredential, sealOf } from '../../src/scopes/record/credential.js'
import type { CacheInput } from '../support/durable-cache.js'

/** A session, and what its visitor knows of it. */
export interface SoakSession {
  readonly number: number
  readonly cookie: string
  /** The visits that were answered. */
  answered: number
  /** Those whose answer did not arrive: they may have been counted. */
  uncertain: number
}

const hourMs = 3_600_000
/** How many are stored at a time. */
const width = 200

/** Stores so many sessions in a cache, as logins have made them before the soak. */
export async function beginSessions(count: number, cache: CacheInput): Promise<SoakSession[]> {
  const { driver: name, storage: _, deadline: __, ...options } = cache as CacheInput & { driver: string }
  const definition = builtInDrivers.get(name)
  if (!definition || isSealing(definition)) throw new RangeError(`No store has the driver ${name}`)
  const parsed = definition.options.parse(options)
  const driver = await definition.create(parsed, { cache: 'from', directory: '/', onEvicted() {} })
  await driver.open()
  try {
    await driver.prepare?.(['shop:session'])
    const space = driver.space('shop:session', { endGraceMs: 24 * hourMs })
    const codec = createCodec()
    const sessions = Array.from({ length: count }, (_, number): SoakSession & { id: string; seal: string } => {
      const credential = newCredential()
      const seal = sealOf(credential.secret)
      return { number, id: credential.id, seal, cookie: formatCredential(credential), answered: 0, uncertain: 0 }
    })
    for (let start = 0; start < count; start += width)
      await Promise.all(
        sessions.slice(start, start + width).map(({ id, number, seal }) =>
          space.save(
            {
              mode: 'create',
              id,
              version: `begun-${number}`,
              seal,
              life: { idleMs: 12 * hourMs, endsAt: null },
              principal: `user ${number % 1_000}`,
              set: new Map(
                Object.entries({ number, visits: 0, cart: ['a book', 'a lamp', `thing ${number}`] }).map(
                  ([name, value], place) => [name, codec.encode(value, name, leadOf(place))],
                ),
              ),
            },
            { now: Date.now() },
          ),
        ),
      )
    return sessions.map(({ id: _, seal: __, ...session }) => session)
  } finally {
    await driver.close()
  }
}
