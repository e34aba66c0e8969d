import { describe, expect, it } from 'vitest'
import { cacheDirectivesOf } from '../../src/http/cache-directives.js'

describe('cacheDirectivesOf', () => {
  it.each([
    ['', []],
    [' , ;', []],
    ['public', [['public', undefined]]],
    [
      'Public, Max-Age=60',
      [
        ['public', undefined],
        ['max-age', '60'],
      ],
    ],
    [
      'public;max-age=60',
      [
        ['public', undefined],
        ['max-age', '60'],
      ],
    ],
    [
      'public max-age = 60',
      [
        ['public', undefined],
        ['max-age', '60'],
      ],
    ],
    ['public=1', [['public', '1']]],
    ['private=', [['private', '']]],
    [
      'no-cache="a, public", no-store',
      [
        ['no-cache', '"a, public"'],
        ['no-store', undefined],
      ],
    ],
    ['x="say \\"public\\", private"', [['x', '"say \\"public\\", private"']]],
  ])('reads %j', (header, expected) => {
    expect(cacheDirectivesOf(header)?.map(({ name, value }) => [name, value])).toEqual(expected)
  })

  it('keeps the text of each', () => {
    expect(cacheDirectivesOf('Public,No-Cache="a, b" ; x')?.map(({ text }) => text)).toEqual([
      'Public',
      'No-Cache="a, b"',
      'x',
    ])
  })

  it.each(['no-cache="a, public', 'a"b"', '=60', 'public, "private"', 'x="a"b'])('does not read %j', (header) => {
    expect(cacheDirectivesOf(header)).toBeUndefined()
  })

  it('reads long headers in one pass', () => {
    const begin = performance.now()
    expect(cacheDirectivesOf(`${'a=1, '.repeat(50_000)}"`)).toBeUndefined()
    expect(cacheDirectivesOf(`${' '.repeat(250_000)}"`)).toBeUndefined()
    expect(cacheDirectivesOf(`x="${'\\"'.repeat(100_000)}`)).toBeUndefined()
    expect(performance.now() - begin).toBeLessThan(10_000)
  })
})
