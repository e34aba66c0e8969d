import { StorageError } from '../../storage/storage-error.js'
import type { Fields } from './client.js'
import type { MongoConnection } from './connection.js'
import { isDuplicate } from './failure.js'
import { notesCollection } from './names.js'

/** The version of the form of documents and collections. A later version of this package raises it if older ones must not write. */
const layout = 1
const noteId = 'layout'
const call = { operation: 'open' }

/** What tells deployments apart: values by their names, such as `environment`. */
type Deployment = Readonly<Record<string, string>>

/** Throws STORAGE_UNPREPARED if no node has noted that it uses the prefix, STORAGE_UNUSABLE for a newer layout. For a visit. */
export async function checkUse(connection: MongoConnection, prefix: string): Promise<void> {
  const { cache } = connection
  const stored = await storedNote(connection, prefix)
  if (stored) return checkLayout(cache, prefix, stored)
  const reason = `no node has used the prefix ${prefix} of this database yet`
  throw new StorageError('STORAGE_UNPREPARED', { cache, reason })
}

/**
 * Notes under the prefix which layout it has and which deployment uses it. Returns warnings if the deployment that was noted last
 * is another: staging and production that share a prefix share their sessions. Throws STORAGE_UNUSABLE for a newer layout.
 */
export async function noteUse(
  connection: MongoConnection,
  prefix: string,
  own: Deployment,
): Promise<readonly string[]> {
  const collection = connection.collection(notesCollection(prefix))
  const stored = await storedNote(connection, prefix)
  if (stored) checkLayout(connection.cache, prefix, stored)
  const { deployment = {} } = stored ?? {}
  const other = deployment as Fields
  if (!stored || Object.keys(own).some((name) => other[name] !== own[name])) {
    const note = { $set: { layout, deployment: own } }
    const write = (options: Fields) => collection.updateOne({ _id: noteId }, note, { upsert: true, ...options })
    // Of two programs that start at once, one may find that the other has just made the note.
    await connection.run(call, write, { isExpected: isDuplicate }).catch((error) => {
      if (!isDuplicate(error)) throw error
    })
  }
  return Object.keys(own)
    .filter((name) => Object.hasOwn(other, name) && other[name] !== own[name])
    .map((name) => warning(prefix, name, String(other[name]), String(own[name])))
}

function storedNote(connection: MongoConnection, prefix: string): Promise<Fields | null> {
  const collection = connection.collection(notesCollection(prefix))
  return connection.run(call, (options) => collection.findOne({ _id: noteId }, options))
}

function checkLayout(cache: string, prefix: string, { layout: found = layout }: Fields): void {
  if (typeof found !== 'number' || found > layout) throw newerLayout(cache, prefix, found)
}

const warning = (prefix: string, name: string, other: string, own: string) =>
  `A program with another ${name} (${JSON.stringify(other)}, here ${JSON.stringify(own)}) used the prefix ${prefix} before. If both run, they share their sessions: give each a prefix of its own.`

const newerLayout = (cache: string, prefix: string, found: unknown) =>
  new StorageError('STORAGE_UNUSABLE', {
    cache,
    reason: `the collections under the prefix ${prefix} have the layout ${found}, and this version of koa-scopes knows ${layout}`,
    remedy: 'Use the newer version of koa-scopes that made them, or another prefix:.',
  })
