import { entry } from './entry.js'

type OfCache = { readonly cache: string }

/** Errors of a process that visits the stores of an application and is no node of it. */
export const visitErrors = {
  STORAGE_UNPREPARED: entry<OfCache & { reason: string }>(
    503,
    (d) => `The cache ${d.cache} has nothing to show: ${d.reason}.`,
    'A node creates what is missing when it starts. If nodes run already, this configuration names another store than theirs: compare it, and the variables in it.',
  ),
  STORAGE_OUT_OF_SIGHT: entry<OfCache & { driver: string }>(
    500,
    (d) =>
      `The records in the cache ${d.cache} (driver ${d.driver}) are in the memory of the process that serves them, so this process cannot see them.`,
    'Ask that process, or store the scope in a cache that processes share.',
  ),
}
