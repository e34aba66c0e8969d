import { describe, expect, test } from 'vitest'
import { chosen, installed, licenceList } from './licences.js'
import { read } from './sources.js'

/** They allow use, change and sale, and demand no more than that the notice stays. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']

describe('docs/licences.md', () => {
  test('is what npm run docs:licences writes', () => {
    expect(read('docs/licences.md')).toBe(licenceList())
  })

  test('lists what the dependencies need too', () => {
    expect(installed().map(({ name }) => name)).toEqual(expect.arrayContaining(['lmdb', 'ordered-binary', 'zod']))
  })

  test('has permissive licences only among what is installed', () => {
    expect(installed().filter(({ licence }) => !permissive.includes(licence))).toEqual([])
  })

  test('knows the licence of each optional package', () => {
    expect(chosen().filter(({ licence }) => licence === 'unknown')).toEqual([])
  })
})
