import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/**
 * The text of a file of uPlot, which draws the charts. `npm run build` puts a module in place of this one that holds the texts, so that
 * the package is needed only for building, and a bundle has charts.
 */
export const uplotFile = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8')
