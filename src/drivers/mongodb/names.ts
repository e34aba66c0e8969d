import { createHash } from 'node:crypto'

/*
 * The names of collections. MongoDB before 4.4 allows 120 bytes for database and collection together, and neither `$` nor NUL;
 * a space may have any name of up to 1,024 bytes.
 */

const simple = /^[\w:-]{1,40}$/
const shownCharacters = 16
const digestCharacters = 22

export const recordsCollection = (prefix: string, space: string): string => `${prefix}records.${collectionPart(space)}`

export const objectsCollection = (prefix: string, space: string): string => `${prefix}objects.${collectionPart(space)}`

/** The collection with what this driver notes of itself under a prefix. */
export const notesCollection = (prefix: string): string => `${prefix}notes`

/**
 * The name itself if it is short and simple, else its beginning and a digest of it. A simple name has no dot, so the two never
 * meet.
 */
function collectionPart(name: string): string {
  if (simple.test(name)) return name
  const digest = createHash('sha256').update(name).digest('base64url').slice(0, digestCharacters)
  return `${name.slice(0, shownCharacters).replace(/[^\w:-]/g, '_')}.${digest}`
}
