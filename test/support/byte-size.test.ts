import { expect, it } from 'vitest'
import { readByteSize } from '../../src/support/byte-size.js'

it.each([
  [1, 1],
  ['1000', 1000],
  ['100b', 100],
  ['512kb', 512 * 1024],
  ['64mb', 64 * 1024 ** 2],
  ['64MB', 64 * 1024 ** 2],
  ['1.5gb', 1.5 * 1024 ** 3],
])('%j is %d bytes', (size, bytes) => expect(readByteSize(size)).toEqual({ value: bytes }))

it.each([0, -1, NaN, Infinity, '0mb', '9999999gb'])('%j is out of range', (size) =>
  expect(readByteSize(size)).toMatchObject({ problem: 'is out of range' }),
)

it.each(['', 'mb', '64 mb', '64tb', '-1mb', null, [], true])('%j is not a size', (size) =>
  expect(readByteSize(size)).toMatchObject({ problem: 'is not a size' }),
)
