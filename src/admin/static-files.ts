import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { reasonOf } from '../errors/scopes-error.js'
import { notFound } from './answer.js'
import { ownFile } from './own-file.js'

/** A file of the pages. */
export interface StaticFile {
  readonly type: string
  readonly text: string
}

interface Source {
  readonly type: string
  readonly text: () => string
}

const css = 'text/css; charset=utf-8'
const javaScript = 'text/javascript; charset=utf-8'

/** The files that are served, from the folder `static` or from the package that draws the charts. */
const sources: ReadonlyMap<string, Source> = new Map([
  ['admin.css', { type: css, text: () => ownFile('admin.css') }],
  ['admin.js', { type: javaScript, text: () => ownFile('admin.js') }],
  ['icon.svg', { type: 'image/svg+xml; charset=utf-8', text: () => ownFile('icon.svg') }],
  ['uplot.css', { type: css, text: () => uplotFile('uPlot.min.css') }],
  ['uplot.js', { type: javaScript, text: () => uplotFile('uPlot.esm.js') }],
])

const files = new Map<string, StaticFile>()

/** undefined if there is no such file. Throws a refusal, 404, if the package of the charts is not installed, as beside a bundle. */
export function staticFile(name: string): StaticFile | undefined {
  const source = sources.get(name)
  if (!source) return undefined
  const file = files.get(name) ?? { type: source.type, text: source.text() }
  files.set(name, file)
  return file
}

function uplotFile(name: string): string {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), 'utf8')
  } catch (error) {
    throw notFound(`There are no charts, because the package uplot cannot be read: ${reasonOf(error)}`)
  }
}
