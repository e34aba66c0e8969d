import { describe, expect, test } from 'vitest'
import { filesIn, packagesIn, read } from './sources.js'

const manifest = JSON.parse(read('package.json'))
const dependencies = Object.keys(manifest.dependencies)
const peers = Object.keys(manifest.peerDependencies)
const devDependencies = Object.keys(manifest.devDependencies)
const shipped = packagesIn(filesIn('src'))
const elsewhere = packagesIn(filesIn('test', 'examples'))

/** `@types/koa` is used where `koa` is. */
const subjectOf = (name: string) => name.replace('@types/', '')

/** The packages that are used by their commands, and the one whose files the build puts into the code. */
const tools = [
  '@arethetypeswrong/cli',
  '@biomejs/biome',
  'esbuild',
  'knip',
  'publint',
  'tsx',
  'typescript',
  'uplot',
  'vitest',
]

describe('package.json', () => {
  test('declares every package that src imports', () => {
    expect([...shipped].filter((name) => ![...dependencies, ...peers].includes(name))).toEqual([])
  })

  test('declares no dependency that src does not import', () => {
    expect([...dependencies, ...peers].filter((name) => !shipped.has(subjectOf(name)))).toEqual([])
  })

  test('declares every package that tests and examples import', () => {
    const declared = [...dependencies, ...devDependencies, manifest.name]
    expect([...elsewhere].filter((name) => !declared.includes(name))).toEqual([])
  })

  test('declares no dev dependency that nothing uses', () => {
    const used = (name: string) =>
      name === '@types/node' ||
      tools.includes(name) ||
      [shipped, elsewhere].some((it) => it.has(name) || it.has(subjectOf(name)))
    expect(devDependencies.filter((name) => !used(name))).toEqual([])
  })

  test('installs every peer for development', () => {
    expect(peers.filter((name) => !devDependencies.includes(name))).toEqual([])
  })

  test('demands no peer that is imported only where it is needed', () => {
    const optional = Object.keys(manifest.peerDependenciesMeta)
    expect(peers.filter((name) => !optional.includes(name))).toEqual(['koa'])
  })
})
