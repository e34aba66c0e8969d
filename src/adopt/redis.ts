import type { Marks } from './from-koa-session.js'
import type { Take } from './source.js'

/** A client of one server, of the package ioredis or redis. */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> }

export interface TakeOptions {
  /** What stands before the id in a key, as `sess:` of connect-redis. Default: nothing. */
  readonly prefix?: string
  /** Reads what is stored. Default: JSON. */
  readonly parse?: (text: string) => unknown
}

/**
 * Stands in place of a record that was taken, so that a request that was sent together with the one that took it can tell. It
 * is an expired session also to koa-session and express-session, should one of their nodes still run.
 */
const tombstone = JSON.stringify({
  _expire: 0,
  cookie: { originalMaxAge: 0, expires: '1970-01-01T00:00:00.000Z' },
  adopted: true,
})
const tombstoneMs = 60_000

/** Takes records from a Redis, from version 6.2 on: each with one command, which also reads it. */
export function takeFromRedis(client: RedisClient, { prefix = '', parse = JSON.parse }: TakeOptions = {}): Take {
  const send = commandsOf(client)
  return async (id) => {
    const key = prefix + id
    // The time that the record had left, for putBack: two commands on one connection, in this order.
    const [leftMs, text] = await Promise.all([
      send('PTTL', key),
      send('SET', key, tombstone, 'XX', 'GET', 'PX', `${tombstoneMs}`),
    ])
    if (text === null || text === undefined) return 'missing'
    if (text === tombstone) return 'adopted'
    const life = Number(leftMs) > 0 ? ['PX', String(leftMs)] : []
    const putBack = () => send('SET', key, String(text), ...life)
    try {
      return { record: parse(String(text)), putBack }
    } catch (error) {
      await putBack()
      throw new Error('a record is not as parse expects it', { cause: error })
    }
  }
}

/** Keeps the marks of sessions that are in their cookies. `prefix` default: `adopted:`. */
export function marksInRedis(client: RedisClient, { prefix = 'adopted:' }: { readonly prefix?: string } = {}): Marks {
  const send = commandsOf(client)
  return {
    async set(text, forMs) {
      const life = forMs === null ? [] : ['PX', String(Math.ceil(forMs))]
      return (await send('SET', prefix + text, '1', 'NX', ...life)) === 'OK'
    },
    remove: (text) => send('DEL', prefix + text),
  }
}

function commandsOf(client: RedisClient): (...command: [string, ...string[]]) => Promise<unknown> {
  if ('call' in client) return (...command) => client.call(...command)
  return (...command) => client.sendCommand(command)
}
