import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The module of another build, such as that of an earlier commit, in whose folder `npm run build` has run. */
export const entryOf = (folder: string): string => pathToFileURL(resolve(folder, 'dist/index.js')).href
