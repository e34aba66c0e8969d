import { describe, expect, test } from 'vitest'
import { filesIn, importsOf, ownImportsOf, read } from './sources.js'

/** Lowest first: a layer imports only from itself and from those before it. */
const layers = [
  'support',
  'errors',
  'diagnostics',
  'codec',
  'storage',
  'drivers',
  'scopes',
  'config',
  'http',
  'koa',
  'admin',
  'container',
  'cli',
]

/** The rooms of `scopes`, lowest first. Rooms that stand together do not know each other. */
const rooms = [
  ['settings.ts', 'events.ts', 'environment.ts', 'in-flight.ts'],
  ['attributes'],
  ['record'],
  ['cluster', 'memory-first', 'sealed'],
  ['ends'],
  ['announcer.ts', 'application-life.ts', 'outage.ts', 'scope.ts', 'upkeep.ts'],
  ['request'],
  ['connections'],
]

/** The entries of the package. They are no layers: nothing imports them. */
const entries: Record<string, readonly string[]> = {
  index: layers,
  adopt: layers,
  augment: layers,
  opentelemetry: layers,
  passport: layers,
  strict: ['augment'],
  ws: layers,
  testing: layers,
}

const files = filesIn('src')
const layerOf = (file: string) => file.replace(/^src\/(\w+).*$/, '$1')
const isOfLayer = (file: string) => layers.includes(layerOf(file))
const roomOf = (file: string) => file.split('/')[2] ?? ''
const floorOf = (room: string) => rooms.findIndex((floor) => floor.includes(room))
/** Files at the same height that are no rooms may know each other. */
const areFilesOfOneFloor = (from: string, to: string) =>
  floorOf(from) === floorOf(to) && from.endsWith('.ts') && to.endsWith('.ts')
const mayImport = (layer: string) => [layer, ...(entries[layer] ?? layers.slice(0, layers.indexOf(layer)))]

describe('the files of src', () => {
  test('belong to a layer or an entry', () => {
    const known = [...layers, ...Object.keys(entries)]
    expect(files.filter((file) => !known.includes(layerOf(file)))).toEqual([])
  })

  test('import only from the layers below them', () => {
    const wrong = files.flatMap((file) =>
      ownImportsOf(file)
        .filter((imported) => !mayImport(layerOf(file)).includes(layerOf(imported)))
        .map((imported) => `${file} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  test('know neither HTTP nor Koa below the layers of these', () => {
    const users = (specifier: string, layer: string) =>
      files.filter(
        (file) => layers.indexOf(layerOf(file)) < layers.indexOf(layer) && importsOf(file).includes(specifier),
      )
    expect(users('node:http', 'http').filter(isOfLayer)).toEqual([])
    expect(users('koa', 'koa').filter(isOfLayer)).toEqual([])
  })

  test('know no driver in scopes', () => {
    const wrong = files.filter(
      (file) => layerOf(file) === 'scopes' && ownImportsOf(file).some((imported) => layerOf(imported) === 'drivers'),
    )
    expect(wrong).toEqual([])
  })

  test('belong to a room of scopes, and import only from the rooms before it', () => {
    const inScopes = files.filter((file) => layerOf(file) === 'scopes')
    const known = rooms.flat()
    expect(inScopes.map(roomOf).filter((room) => !known.includes(room))).toEqual([])
    const mayEnter = (from: string, to: string) =>
      from === to || floorOf(to) < floorOf(from) || areFilesOfOneFloor(from, to)
    const wrong = inScopes.flatMap((file) =>
      ownImportsOf(file)
        .filter((imported) => layerOf(imported) === 'scopes' && !mayEnter(roomOf(file), roomOf(imported)))
        .map((imported) => `${file} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  test('do not reach from one driver into another, but into what some of them share', () => {
    const shared = ['embedded', 'network', 'sql']
    const driverOf = (file: string) => /^src\/drivers\/(\w+)\//.exec(file)?.[1]
    const wrong = files.flatMap((file) =>
      ownImportsOf(file)
        .filter((imported) => driverOf(file) && driverOf(imported) && driverOf(file) !== driverOf(imported))
        .filter((imported) => !shared.includes(driverOf(imported) ?? ''))
        .map((imported) => `${file} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  test('import each other in no circle, for types neither', () => {
    expect(circles(new Map(files.map((file) => [file, ownImportsOf(file)])))).toEqual([])
  })

  test('are short: half of them below 60 lines or so, none above 300 but the driver contract, which is mostly comments', () => {
    const lengths = files
      .filter((file) => file !== 'src/storage/contract.ts')
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    const median = lengths.map(({ lines }) => lines).sort((a, b) => a - b)[Math.floor(files.length / 2)]
    expect(lengths.filter(({ lines }) => lines > 300)).toEqual([])
    expect(median).toBeLessThan(70)
  })
})

test('the driver contract imports nothing', () => {
  expect(importsOf('src/storage/contract.ts')).toEqual([])
})

/** Every import that closes a circle, as the way around. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '))
    if (way.includes(file) || done.has(file)) return
    for (const imported of graph.get(file) ?? []) visit(imported, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}
