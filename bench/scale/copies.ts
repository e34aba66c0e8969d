import pg from 'pg'
import { idOf } from '../stored.js'

const batch = 10_000

/**
 * Adds sessions to PostgreSQL as copies of the first one, from `from` to `count`, in the form in which the driver stores them. For
 * the rest of a fill that takes too long one by one.
 */
export async function addCopies(url: string, from: number, count: number, touchedAt: number): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    for (let first = from; first < count; first += batch) {
      const ids = Array.from({ length: Math.min(batch, count - first) }, (_, i) => Buffer.from(idOf(first + i)))
      await client.query(records, [Buffer.from(idOf(0)), ids, first - 1, touchedAt])
      await client.query(attributes, [Buffer.from(idOf(0)), ids])
    }
  } finally {
    await client.end()
  }
}

/** All times move with the touch. */
const records = `
  insert into scopes.records
    (space, id, version, created_at, touched_at, idle_ms, ends_at, due_at, wake_at, hits, seal, principal, principal_since)
  select r.space, x.id, 'first-' || ($3::integer + x.place), $4, $4, r.idle_ms, r.ends_at, $4::float8 + r.idle_ms,
         $4::float8 + r.idle_ms, r.hits, r.seal, r.principal, r.principal_since
  from scopes.records as r, unnest($2::bytea[]) with ordinality as x (id, place)
  where r.id = $1`

const attributes = `
  insert into scopes.attributes (space, id, name, value)
  select a.space, x.id, a.name, a.value
  from scopes.attributes as a, unnest($2::bytea[]) as x (id)
  where a.id = $1`
