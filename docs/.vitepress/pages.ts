/*
 * Every page of docs/, in the order of the sidebar: the one place where a new page is entered. `test/project/site.test.ts` finds
 * those that are missing here.
 */

/** A file below docs/, and its name in the sidebar unless that is its first heading. */
export type Page = string | readonly [file: string, text: string]

interface Group {
  readonly title: string
  readonly pages: readonly Page[]
}

/** The first page, which a code host shows for the folder. */
export const front = 'README.md'

export const groups: readonly Group[] = [
  {
    title: 'Guide',
    pages: [
      'scopes.md',
      'configuration.md',
      'container.md',
      'typescript.md',
      'testing.md',
      ['middleware.md', 'Other middleware'],
      'command-line.md',
      'module-systems.md',
      'glossary.md',
    ],
  },
  {
    title: 'Coming from',
    pages: [
      ['from-koa-session.md', 'koa-session'],
      ['from-express-session.md', 'express-session'],
      ['from-spring-session.md', 'Spring Session'],
      ['from-lucee.md', 'Lucee'],
    ],
  },
  {
    title: 'Recipes',
    pages: [
      ['recipes/README.md', 'All recipes'],
      ['account-pages.md', 'Remember me and logout everywhere'],
      ['passport.md', 'Logins with Passport'],
      ['api-clients.md', 'API tokens'],
      ['csrf.md', 'CSRF'],
      ['live-connections.md', 'WebSockets'],
      'recipes/server-sent-events.md',
      'recipes/carts.md',
      'recipes/flash-messages.md',
      'recipes/multi-step-forms.md',
      'recipes/tenants.md',
    ],
  },
  {
    title: 'Stores',
    pages: [
      ['drivers/redis.md', 'Redis'],
      ['drivers/postgres.md', 'PostgreSQL'],
      ['drivers/mariadb.md', 'MariaDB and MySQL'],
      ['drivers/sqlite.md', 'SQLite'],
      ['drivers/mongodb.md', 'MongoDB'],
      ['drivers/hazelcast.md', 'Hazelcast'],
      'sealed-cookies.md',
      'secrets-at-rest.md',
      'writing-a-driver.md',
    ],
  },
  {
    title: 'Several nodes',
    pages: ['clustering.md', 'growing.md'],
  },
  {
    title: 'Operation',
    pages: ['production.md', 'security.md', 'admin.md', 'logging.md', 'diagnostics.md', 'pressure.md', 'errors.md'],
  },
  {
    title: 'Measured',
    pages: ['performance.md', 'faults.md'],
  },
  {
    title: 'The project',
    pages: ['changelog.md', 'design-notes.md', 'contributing.md', 'licences.md'],
  },
]

export const fileOf = (page: Page): string => (typeof page === 'string' ? page : page[0])

/** All files that the site shows, without the reference. */
export const files: readonly string[] = [front, ...groups.flatMap(({ pages }) => pages.map(fileOf))]
