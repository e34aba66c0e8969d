import type { Directory } from '../../scopes/request/directory.js'
import { allPages } from './found.js'

/** So many ends are under way at the same time, which keeps a store busy and leaves room for the nodes. */
const atOnce = 50

/**
 * Ends all records of a scope except the id `except`, a page at a time. One that begins meanwhile may be left. Returns how many
 * were ended.
 */
export async function endAll(
  directory: Pick<Directory<object>, 'end' | 'list'>,
  except: string | undefined,
): Promise<number> {
  let ended = 0
  for await (const page of allPages(directory, {})) {
    const ids = page.map(({ id }) => id).filter((id) => id !== except)
    while (ids.length > 0) {
      const counts = await Promise.all(ids.splice(0, atOnce).map((id) => directory.end(id)))
      ended += counts.reduce((sum, count) => sum + count, 0)
    }
  }
  return ended
}
