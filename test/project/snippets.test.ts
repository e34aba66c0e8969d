import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { type Snippet, snippets } from './snippets.js'
import { filesIn, read, root } from './sources.js'

/** Below node_modules, so that packages are found and neither Git nor Biome looks at it. */
const folder = mkdtempSync(join(root, 'node_modules/.snippets-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('documented TypeScript', () => {
  const blocks = snippets.filter(({ language }) => language === 'ts')

  test('is there', () => {
    expect(blocks.length).toBeGreaterThan(5)
  })

  test('is an excerpt from src or examples, to the letter, or compiles', { timeout: 300_000 }, () => {
    const sources = filesIn('src', 'examples').map(read)
    const isExcerpt = ({ text }: Snippet) => sources.some((source) => source.includes(text))
    for (const program of programsOf(blocks.filter((block) => !isExcerpt(block)))) expect(compile(program)).toBe('')
  })
})

test('docs/middleware.md shows code that .ci/packed/middleware tests', () => {
  const oneSpaced = (text: string) => text.replace(/\s+/g, ' ')
  const folder = '.ci/packed/middleware'
  const tested = oneSpaced(
    readdirSync(join(root, folder))
      .map((file) => read(`${folder}/${file}`))
      .join('\n'),
  )
  const shown = snippets.filter(({ document, language }) => document === 'docs/middleware.md' && language === 'js')
  expect(shown.length).toBeGreaterThan(2)
  expect(shown.filter(({ text }) => !tested.includes(oneSpaced(text))).map(({ line }) => line)).toEqual([])
})

describe('documented configurations', () => {
  const isConfiguration = ({ language, text }: Snippet) => language === 'yaml' && /^(caches|applications):/m.test(text)
  const configurations = snippets.filter(isConfiguration)

  test('are there', () => {
    expect(configurations.length).toBeGreaterThan(1)
  })

  test.each(configurations)('$document:$line has no mistake', async ({ text }) => {
    for (const [, module = ''] of text.matchAll(/\bmodule: (\S+)/g)) write(module, '')
    write('app.config.yaml', text)
    const key = 'of 32 bytes, as docs/sealed-cookies.md has it'
    const env = { SEALING_KEY_1: key, STORE_KEY_1: key }
    // Where a document has no module, the definition is given in code.
    await loadConfig(join(folder, 'app.config.yaml'), { drivers: builtInDrivers, env, mayBeInCode: true })
  })
})

/** A document that declares types for every Koa is a program of its own; all others are one. */
function programsOf(blocks: readonly Snippet[]): Snippet[][] {
  const declaring = new Set(
    blocks.filter(({ text }) => text.includes('declare module')).map(({ document }) => document),
  )
  const ofDocument = (one: string) => blocks.filter(({ document }) => document === one)
  return [blocks.filter(({ document }) => !declaring.has(document)), ...[...declaring].map(ofDocument)]
}

/**
 * What the compiler says, in the lines of the documents. Each block is a module in the place of its document, so that it
 * imports what a file beside the document would; one that begins with `// file: name` can be imported by the others.
 */
function compile(blocks: readonly Snippet[]): string {
  const files = blocks.map(({ document, line, text }, index) => {
    const name = /^\/\/ file: (\S+)/.exec(text)?.[1] ?? `snippet-${index}.ts`
    const file = join(document, dirname(document), name)
    write(file, '\n'.repeat(line - 1) + text)
    return file
  })
  const compilerOptions = {
    rootDirs: [root, ...blocks.map(({ document }) => document)],
    moduleDetection: 'force',
    noUnusedLocals: false,
  }
  write('tsconfig.json', JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files }))
  write('package.json', '{ "type": "module" }')
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  try {
    return execFileSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' })
  } catch (error) {
    return blamed((error as { stdout: string }).stdout)
  }
}

/** What else is wrong in the project is told by `npm run check`. */
function blamed(output: string): string {
  const lines = output.split('\n').filter((line) => line.includes(basename(folder)) || line.startsWith('error'))
  return lines.join('\n')
}

function write(file: string, text: string): void {
  mkdirSync(join(folder, dirname(file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
