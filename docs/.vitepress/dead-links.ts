/*
 * Looks at the built pages as a browser would: each link of the site must lead to a file that is there, and to an anchor in it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { base } from './addresses.js'
import { built } from './folders.js'

interface Page {
  readonly ids: ReadonlySet<string>
  readonly targets: ReadonlySet<string>
}

/** One sentence for each link that leads nowhere. */
export function deadLinks(): string[] {
  const files = readdirSync(built, { recursive: true }).map((file) => String(file).replaceAll('\\', '/'))
  const html = files.filter((file) => file.endsWith('.html'))
  const pages = new Map(html.map((file) => [file, read(file)]))
  const known = new Set(files)
  return [...pages].flatMap(([file, { targets }]) =>
    [...targets]
      .filter((target) => !leadsSomewhere(target, file, pages, known))
      .map((it) => `${file}: ${it} leads nowhere`),
  )
}

function read(file: string): Page {
  const tags = readFileSync(join(built, file), 'utf8').match(/<[a-z][^>]*>/g) ?? []
  const valuesOf = (pattern: RegExp) => new Set(tags.flatMap((tag) => pattern.exec(tag)?.[1] ?? []))
  return { ids: valuesOf(/ id="([^"]+)"/), targets: valuesOf(/ (?:href|src)="([^"]+)"/) }
}

function leadsSomewhere(
  target: string,
  from: string,
  pages: ReadonlyMap<string, Page>,
  known: ReadonlySet<string>,
): boolean {
  const at = `http://site${base}`
  const url = new URL(target.replaceAll('&amp;', '&'), at + from)
  if (url.host !== 'site') return true
  if (!url.pathname.startsWith(base)) return false
  const path = decodeURIComponent(url.pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html')
  const file = known.has(path) ? path : `${path}.html`
  if (!known.has(file)) return false
  const anchor = decodeURIComponent(url.hash.slice(1))
  return anchor === '' || !pages.has(file) || pages.get(file)?.ids.has(anchor) === true
}
