import { read } from './sources.js'

/** A package in package-lock.json. */
interface Entry {
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Licensed {
  readonly name: string
  /** The versions that those who need it accept. */
  readonly ranges: ReadonlySet<string>
  readonly licence: string
}

const { dependencies, peerDependencies } = JSON.parse(read('package.json'))
const entries: Record<string, Entry> = JSON.parse(read('package-lock.json')).packages

/** What `npm install koa-scopes` brings, on all platforms together, by name. */
export function installed(): readonly Licensed[] {
  const found = new Map<string, { readonly name: string; readonly ranges: Set<string>; readonly licence: string }>()
  const add = (name: string, range: string, from: string): void => {
    const place = placeOf(name, from)
    const known = found.get(place)
    if (known) {
      known.ranges.add(range)
      return
    }
    found.set(place, { name, ranges: new Set([range]), licence: licenceAt(place) })
    for (const needed of Object.entries(needsOf(entries[place]))) add(...needed, place)
  }
  for (const [name, range] of Object.entries<string>(dependencies)) add(name, range, '')
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What users choose and install themselves. */
export const chosen = (): readonly Licensed[] =>
  Object.entries<string>(peerDependencies).map(([name, range]) => ({
    name,
    ranges: new Set([range]),
    licence: licenceAt(placeOf(name, '')),
  }))

const needsOf = (entry: Entry = {}) => ({ ...entry.dependencies, ...entry.optionalDependencies })

const licenceAt = (place: string) => entries[place]?.license ?? 'unknown'

/** Where Node finds a package: beside the one that needs it, else in a folder above. */
function placeOf(name: string, from: string): string {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in entries || from === '') return place
  return placeOf(name, from.slice(0, Math.max(from.lastIndexOf('node_modules') - 1, 0)))
}

/** The text of docs/licences.md. */
export const licenceList = (): string => `# Licences

koa-scopes is under the [MIT licence](../LICENSE), and its package contains no code of others. \`npm run docs:licences\` writes this list, and a test
compares it with \`package-lock.json\`.

## What npm installs with it

The packages that koa-scopes needs, and those that they need. Of the ones with a platform in their name, npm installs the one that fits.

${table(installed())}

## What you choose

Installed only if you do so, except \`koa\`. These have dependencies of their own.

${table(chosen())}
`

const table = (packages: readonly Licensed[]) =>
  ['| package | versions | licence |', '|---|---|---|', ...packages.map(row)].join('\n')

const row = ({ name, ranges, licence }: Licensed) =>
  `| ${name} | ${[...ranges].map((range) => `\`${range.replaceAll('|', '\\|')}\``).join(', ')} | ${licence} |`
