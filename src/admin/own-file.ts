import { readFileSync } from 'node:fs'

/**
 * The text of a file in the folder `static`. `npm run build` puts a module in place of this one that holds all texts, so that
 * they are found wherever a bundler puts the code.
 */
export const ownFile = (name: string): string => readFileSync(new URL(`static/${name}`, import.meta.url), 'utf8')
