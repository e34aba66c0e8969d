import { expect, it } from 'vitest'
import { nearestWord } from '../../src/config/nearest-word.js'

const known = ['session', 'client', 'mount', 'module', 'host', 'timeout']

it.each([
  ['sesion', 'session'],
  ['sessoin', 'session'],
  ['sessions', 'session'],
  ['Session', 'session'],
  ['tiemout', 'timeout'],
  ['hots', 'host'],
  ['moutn', 'mount'],
])('%s was meant to be %s', (word, meant) => expect(nearestWord(word, known)).toBe(meant))

it.each(['', 'x', 'cookies', 'constructor', 'a'.repeat(10_000)])('%j is near to none', (word) =>
  expect(nearestWord(word, known)).toBeUndefined(),
)

it('knows no word where there are none', () => expect(nearestWord('session', [])).toBeUndefined())
