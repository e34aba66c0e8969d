import { ownFile } from './own-file.js'
import { uplotFile } from './uplot-file.js'

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

/** undefined if there is no such file. */
export function staticFile(name: string): StaticFile | undefined {
  const source = sources.get(name)
  if (!source) return undefined
  const file = files.get(name) ?? { type: source.type, text: source.text() }
  files.set(name, file)
  return file
}
