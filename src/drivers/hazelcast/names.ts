/** The names of maps and ringbuffers: readable, and free of the `*` and `@` that mean something to Hazelcast. */
const nameIn = (prefix: string, kind: string, name: string): string =>
  `${prefix}${kind}:${encodeURIComponent(name).replaceAll('*', '%2A')}`

export const recordsName = (prefix: string, space: string): string => nameIn(prefix, 'records', space)

export const objectsName = (prefix: string, space: string): string => nameIn(prefix, 'objects', space)

export const noticesName = (prefix: string, space: string): string => nameIn(prefix, 'notices', space)

/** The map in which `health` writes, to see how many backups a write has. */
export const healthName = (prefix: string): string => `${prefix}health`
