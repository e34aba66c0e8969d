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
  const stored = await connection.run(call, (options) => collection.findOne({ _id: noteId }, options))
  const { layout: found = layout, deployment = {} } = stored ?? {}
  if (typeof found !== 'number' || found > layout) throw newerLayout(connection.cache, prefix, found)
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

const warning = (prefix: string, name: string, other: string, own: string) =>
  `A program with another ${name} (${JSON.stringify(other)}, here ${JSON.stringify(own)}) used the prefix ${prefix} before. If both run, they share their sessions: give each a prefix of its own.`

const newerLayout = (cache: string, prefix: string, found: unknown) =>
  new StorageError('STORAGE_UNUSABLE', {
    cache,
    reason: `the collections under the prefix ${prefix} have the layout ${found}, and this version of koa-scopes knows ${layout}`,
    remedy: 'Use the newer version of koa-scopes that made them, or another prefix:.',
  })
