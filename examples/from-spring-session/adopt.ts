import type { Redis } from 'ioredis'
import { fromCookies, type Take } from 'koa-scopes/adopt'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** The cookie SESSION has the id in base64. It is not signed: the id itself is random. */
function idOf(value: string): string | undefined {
  const id = Buffer.from(value, 'base64').toString()
  return uuid.test(id) ? id : undefined
}

/** Takes from the hashes of Spring Session: reads and removes in one transaction. */
const takeFrom =
  (redis: Redis): Take =>
  async (id, now) => {
    const key = `spring:session:sessions:${id}`
    const answers = await redis.multi().hgetall(key).del(key).exec()
    const fields = (answers?.[0]?.[1] ?? {}) as Record<string, string>
    const { lastAccessedTime = '0', maxInactiveInterval = '0' } = fields
    if (Number(lastAccessedTime) + Number(maxInactiveInterval) * 1000 <= now) return 'missing'
    const attributes = Object.entries(fields).filter(([name]) => name.startsWith('sessionAttr:'))
    const read = ([name, json]: [string, string]) => [name.slice('sessionAttr:'.length), JSON.parse(json)]
    return { record: Object.fromEntries(attributes.map(read)) }
  }

/** The user is in an attribute that the Spring application has set, and the cart in another. */
export const springSessions = (redis: Redis) =>
  fromCookies<{ cart: string[] }, { user?: string; cart?: string[] }>({
    name: 'SESSION',
    idOf,
    take: takeFrom(redis),
    map: ({ user, cart }) => ({ principal: user, attributes: { cart } }),
  })
