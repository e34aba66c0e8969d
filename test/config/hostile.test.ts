import { describe, expect, it } from 'vitest'
import { errorOf, load, problemsIn } from './loading.js'

const nothing = { applications: [] }

describe('text that is not YAML', () => {
  it.each([
    ['a tab as indentation', 'server:\n\tport: 1', '2:1 : Tabs are not allowed as indentation.'],
    ['a map that does not end', 'server: { port: 1', expect.stringMatching(/^1:1\d : Flow map/)],
    ['a quote that does not end', 'server: "x', expect.stringContaining('1:11 : Missing closing "quote')],
    ['a colon too many', 'server: a: b', expect.stringMatching(/^1:9 : Nested mappings/)],
    [
      'a character that is reserved',
      'server: @x',
      expect.stringMatching(/^1:9 : Plain value cannot start with reserved/),
    ],
    ['two documents', 'server: {}\n---\nserver: {}', '2:1 : A second document begins here.'],
    ['a tag', 'server: !!js/function x', expect.stringMatching(/^1:9 : Unresolved tag/)],
    ['an alias of nothing', 'server: *x', '1:9 : This alias has no anchor before it.'],
    ['a key that is a map', '{ a: 1 }: b', '1:1 : This key is a map, a list or an alias.'],
  ])('%s', async (_, text, problem) => expect(await problemsIn(text, nothing)).toContainEqual(problem))

  it('reports the problems of a whole file that are independent', async () => {
    expect(await problemsIn('server: @a\ncaches: `b\napplications: %c', nothing)).toHaveLength(3)
  })

  it('tells no more than the first twenty', async () => {
    expect(await problemsIn(']'.repeat(10_000), nothing)).toHaveLength(20)
  })
})

describe('a file that is not text', () => {
  it.each([
    ['UTF-16', Buffer.from('\ufeffserver: {}', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('server: {}', 'utf16le')],
    ['Latin-1', Buffer.from('server: { host: ü }', 'latin1')],
    ['anything', Buffer.from([0, 1, 2, 255])],
  ])('%s', async (_, bytes) => {
    const { problems } = await errorOf(load(bytes, nothing))
    expect(problems).toMatchObject([{ problem: 'The file is not text in UTF-8.' }])
  })

  it('but a mark of UTF-8 does no harm', async () => {
    await expect(load('\ufeffserver: { port: 1 }', nothing)).resolves.toMatchObject({ server: { port: 1 } })
  })

  it.each(['- a', 'text', '5', 'true'])('%j is not a configuration', async (text) => {
    expect(await problemsIn(text, nothing)).toEqual([expect.stringContaining('is not a map.')])
  })
})

describe('a file made to do harm', () => {
  it('of 5 MB is refused before it is parsed', async () => {
    const { problems } = await errorOf(load('#'.repeat(5 * 1024 ** 2), nothing))
    expect(problems).toMatchObject([{ problem: 'The file has 5120 KiB.' }])
  })

  it('with aliases that multiply is refused', async () => {
    const lines = ['a0: &a0 [x, x]']
    for (let n = 1; n < 40; n++) lines.push(`a${n}: &a${n} [*a${n - 1}, *a${n - 1}]`)
    expect(await problemsIn(lines.join('\n'), nothing)).toEqual([expect.stringContaining('Excessive alias count')])
  })

  it('with tens of thousands of aliases is refused in no time', async () => {
    const text = `a: &a [1]\nb: [${'*a,'.repeat(50_000)}]`
    expect(await problemsIn(text, nothing)).toEqual([expect.stringContaining('Excessive alias count')])
  })

  it('with an alias that contains itself is refused', async () => {
    expect(await problemsIn('caches: &a { driver: memory, again: *a }', nothing)).toContainEqual(
      expect.stringContaining('This contains itself, or is nested too deep.'),
    )
  })

  it.each(['[', '{a: ', '- ', '? ', '[{a: '])('nested 10,000 times (%j) is refused', async (opening) => {
    expect(await problemsIn(opening.repeat(10_000), nothing)).toEqual([
      expect.stringContaining('nested more than 64 levels deep'),
    ])
  })

  it.each(['__proto__', 'caches: { a: { driver: memory, __proto__', 'server: { __proto__'])(
    'with the key %s is refused and pollutes nothing',
    async (key) => {
      const problems = await problemsIn(
        `${key}: { polluted: true }${key.includes('{') ? ' }'.repeat(key.split('{').length - 1) : ''}`,
        nothing,
      )
      expect(problems).toContainEqual(expect.stringContaining('__proto__: This key is refused.'))
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    },
  )

  it('with hundreds of problems reports all of them', async () => {
    const keys = Array.from({ length: 500 }, (_, n) => `k${n}: 1`)
    expect(await problemsIn(keys.join('\n'), nothing)).toHaveLength(500)
  })
})
