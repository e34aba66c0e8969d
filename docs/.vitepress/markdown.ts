import type { MarkdownRenderer } from 'vitepress'
import { onSite } from './links.js'

type Token = ReturnType<MarkdownRenderer['parse']>[number]

/** Turns the links of each page into those of the site, before anything else looks at them. */
export function useSiteLinks(md: MarkdownRenderer): void {
  md.core.ruler.after('inline', 'site-links', ({ env, tokens }) => {
    for (const { children } of tokens) if (children) rewrite(children, env.realPath ?? env.path)
  })
}

function rewrite(tokens: Token[], page: string): void {
  let isDropped = false
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const href = onSite(token.attrGet('href') ?? '', page)
      isDropped = href === undefined
      if (href !== undefined) token.attrSet('href', href)
    }
    // Without an address the text stays, and is no link.
    const isEnd = token.type === 'link_close'
    if (isDropped && /^link_/.test(token.type)) Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' })
    if (isEnd) isDropped = false
  }
}

/** The anchor of a heading as code hosts make it, so that a link to it works in both places. */
export const slug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
