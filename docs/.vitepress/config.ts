import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { base, description, homepage, name, repository, version } from './addresses.js'
import { root } from './folders.js'
import { slug, useSiteLinks } from './markdown.js'
import { files } from './pages.js'
import { guides, members } from './sidebar.js'

const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(join(root, 'docs/images/icon.svg'), 'utf8'))}`

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', href: icon }]],
  // The pages are small, and the sidebar names all of them.
  router: { prefetchLinks: false },
  ...(homepage && { sitemap: { hostname: new URL(base, homepage).href } }),
  // A folder's README is what a code host shows for the folder.
  rewrites: Object.fromEntries(
    files.filter((file) => file.endsWith('README.md')).map((file) => [file, file.replace('README', 'index')]),
  ),
  markdown: {
    anchor: { slugify: slug },
    config: useSiteLinks,
    // With other themes the contrast of comments is too low on the site's background.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { cfml: 'html', haproxy: 'nginx' },
  },
  // The index of the search is one file, which is loaded at the first search.
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  transformPageData(page) {
    if (page.relativePath === 'index.md')
      return {
        frontmatter: { pageClass: 'front', sidebar: false, aside: false, editLink: false },
        titleTemplate: ':title',
      }
    if (page.relativePath.startsWith('api/')) return { frontmatter: { editLink: false, outline: [2, 3] } }
    return undefined
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/scopes', activeMatch: '^/(?!api/|recipes/|changelog)' },
      { text: 'Recipes', link: '/recipes/', activeMatch: '^/recipes/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
      { text: version, link: '/changelog', activeMatch: '^/changelog' },
    ],
    sidebar: { '/api/': members(), '/': guides() },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // Runs in the browser, and is sent there as text: it knows nothing of this file.
            boostDocument: (id: string) => (/\/(api|changelog|design-notes|contributing)\b/.test(id) ? 0.3 : 1),
          },
        },
      },
    },
    ...(repository && {
      socialLinks: [{ icon: 'git', link: repository, ariaLabel: 'The repository' }],
      editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
    }),
  },
})
