import { Redis } from 'ioredis'
import { Keyspace } from '../internals.js'
import { idOf } from '../stored.js'

/** The parts of a session's bytes, as Redis itself reports them (`MEMORY USAGE`). */
export interface RedisParts {
  /** The hash, including the content. */
  readonly record: number
  /** The entries in the sorted sets of due times, and of ids for listings. */
  readonly due: number
  readonly ids: number
}

const { buckets } = new Keyspace('scopes:', 'bench:session', 1)

export async function redisParts(url: string, count: number): Promise<RedisParts> {
  const redis = new Redis(url)
  try {
    const bytesOf = async (key: string) => Number(await redis.memory('USAGE', key, 'SAMPLES', 0))
    const [bucket] = buckets
    if (!bucket) throw new RangeError('A space has a bucket')
    return {
      record: await bytesOf(bucket.record(idOf(0))),
      due: (await bytesOf(bucket.due)) / count,
      ids: (await bytesOf(bucket.ids)) / count,
    }
  } finally {
    redis.disconnect()
  }
}
