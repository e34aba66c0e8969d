import { readFileSync } from 'node:fs'

/**
 * The text of a query in the folder `queries`. `npm run build` puts a module in place of this one that holds all texts, so
 * that they are found wherever a bundler puts the code.
 */
export const sql = (name: string): string => readFileSync(new URL(`queries/${name}.sql`, import.meta.url), 'utf8')
