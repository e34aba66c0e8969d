import type { GroupName } from './contestants.js'

/** The folder bench/, relative to the compiled form of this file. */
export const benchFolder = new URL('../../', import.meta.url)

/** The name of a file of results. Those of the group `redis` have no suffix. */
export const fileName = (group: GroupName, type: 'md' | 'json' | 'svg'): string =>
  `results${group === 'redis' ? '' : `-${group}`}.${type}`
