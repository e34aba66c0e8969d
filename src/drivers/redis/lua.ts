import { readFileSync } from 'node:fs'

/**
 * The text of a script in the folder `scripts`. `npm run build` puts a module in place of this one that holds all texts, so
 * that they are found wherever a bundler puts the code.
 */
export const lua = (name: string): string => readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), 'utf8')
