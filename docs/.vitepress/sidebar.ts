import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DefaultTheme } from 'vitepress'
import { docs, reference } from './folders.js'
import { slug } from './markdown.js'
import { fileOf, groups, type Page } from './pages.js'

/** What typedoc-plugin-markdown writes: modules, kinds, members. */
interface Entry {
  readonly title: string
  readonly path?: string
  readonly children?: readonly Entry[]
}

export const guides = (): DefaultTheme.SidebarItem[] =>
  groups.map(({ title, pages }) => ({
    text: title,
    items: pages.map((page) => ({ text: nameOf(page), link: linkTo(fileOf(page)) })),
  }))

/** The modules of the reference, and the kinds of their members. */
export function members(): DefaultTheme.SidebarItem[] {
  const file = join(reference, 'navigation.json')
  if (!existsSync(file)) throw new Error('docs/api is missing: npm run docs:build and docs:dev write it')
  return (JSON.parse(readFileSync(file, 'utf8')) as Entry[]).map((entry) => item(entry))
}

/** A kind has no page: it leads to its part of the page that it belongs to, which keeps its item a link. */
function item({ title, path, children }: Entry, parent = ''): DefaultTheme.SidebarItem {
  const link = path ? linkTo(`api/${path}`) : `${parent}#${slug(title)}`
  return { text: title, link, ...(children && { collapsed: true, items: children.map((entry) => item(entry, link)) }) }
}

const nameOf = (page: Page): string => (typeof page === 'string' ? headingOf(page) : page[1])

/** The first heading of a page, without its marks. */
function headingOf(file: string): string {
  const [, heading] = /^# (.+)$/m.exec(readFileSync(join(docs, file), 'utf8')) ?? []
  if (heading === undefined) throw new Error(`docs/${file} has no heading`)
  return heading.replaceAll('`', '')
}

/** A folder's README is its index on the site. */
const linkTo = (file: string) => `/${file.replace(/(README|index)\.md$/, '').replace(/\.md$/, '')}`
