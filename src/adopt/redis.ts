import { randomUUID } from 'node:crypto'
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

/** If the node that adopts a session dies, another may adopt it after this time. No adoption takes as long. */
const adoptingMs = 30_000
/** For this time a request can tell that it was sent together with the one that adopted. */
const recentMs = 60_000

/** Reads a record and marks it, unless another has marked it. A client sends the same again if it was cut off. */
const claim = `
local mark = redis.call('GET', KEYS[2])
if mark and mark ~= ARGV[1] then return 1 end
local record = redis.call('GET', KEYS[1])
if record then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2]) end
return record`

/** Sets a mark. Returns that of another, if there is one. */
const set = `
local mark = redis.call('GET', KEYS[1])
if mark and mark ~= ARGV[1] then return mark end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`

/** Removes a mark, unless it is of another who adopts. */
const release = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/**
 * Takes records from a Redis: each with one command. The record stays until its session is stored here; meanwhile a key beside it,
 * with `adopting:` before the id, keeps others from it.
 */
export function takeFromRedis(client: RedisClient, { prefix = '', parse = JSON.parse }: TakeOptions = {}): Take {
  const send = commandsOf(client)
  return async (id) => {
    const [key, mark] = [prefix + id, `${prefix}adopting:${id}`]
    const own = newMark()
    const putBack = () => send('EVAL', release, '1', mark, own)
    const text = await orUndone(send('EVAL', claim, '2', key, mark, own, `${adoptingMs}`), putBack)
    if (text === null || text === undefined) return 'missing'
    if (text === 1) return 'adopted'
    const remove = () => Promise.all([send('SET', mark, own, 'PX', `${recentMs}`), send('DEL', key)])
    try {
      return { record: parse(String(text)), remove, putBack }
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
    async set(text, now) {
      const key = prefix + text
      const own = newMark()
      const remove = () => send('EVAL', release, '1', key, own)
      const other = await orUndone(send('EVAL', set, '1', key, own, `${adoptingMs}`), remove)
      if (typeof other === 'string' || Buffer.isBuffer(other))
        return isAdoptedBefore(String(other), now) ? 'missing' : 'adopted'
      const keep = (forMs: number | null) =>
        send('SET', key, `${now}`, ...(forMs === null ? [] : ['PX', `${Math.ceil(forMs)}`]))
      return { keep, remove }
    },
  }
}

/** JSON, because programs that list their sessions find it among them. */
const newMark = (): string => JSON.stringify({ adopting: randomUUID() })

/** A kept mark is the time of the adoption. */
const isAdoptedBefore = (mark: string, now: number): boolean => now - Number(mark) > recentMs

/** A mark whose answer was lost may be set: without this the visitor would wait until it goes by itself. */
function orUndone(marking: Promise<unknown>, undo: () => Promise<unknown>): Promise<unknown> {
  return marking.catch((error: unknown) => {
    undo().catch(() => {}) // the store failed just now, which is what is reported
    throw error
  })
}

function commandsOf(client: RedisClient): (...command: [string, ...string[]]) => Promise<unknown> {
  if ('call' in client) return (...command) => client.call(...command)
  return (...command) => client.sendCommand(command)
}
