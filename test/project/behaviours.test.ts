import { describe, expect, test } from 'vitest'
import { filesIn, read } from './sources.js'

const list = read('test/behaviours/README.md')
const cases = [...list.matchAll(/^\| (\d+[a-z]?) \|/gm)].map(([, number = '']) => number)
const untested = /^Not tested yet: ([^.]*)\.$/m.exec(list)?.[1]?.match(/\d+[a-z]?/g) ?? []

/** A text that begins with a number, a dot and a space, wherever titles may come from; what is only planned left out. */
const numberedTitle = /(?<!\.(?:skip|todo)\(\s*)(['"`])(\d+[a-z]?)\. /g

const titled = filesIn('test', 'src/testing').flatMap((file) =>
  [...read(file).matchAll(numberedTitle)].map(([, , number = '']) => ({ file, number })),
)

describe('test/behaviours/README.md', () => {
  test('gives every case a number of its own', () => {
    expect(cases.length).toBeGreaterThan(90)
    expect(cases.filter((number, index) => cases.indexOf(number) !== index)).toEqual([])
  })

  test('has every number that a test title begins with', () => {
    expect(titled.filter(({ number }) => !cases.includes(number))).toEqual([])
  })

  test('lists exactly the cases that no test title begins with as not tested yet', () => {
    const tested = new Set(titled.map(({ number }) => number))
    expect(untested).toEqual(cases.filter((number) => !tested.has(number)))
  })
})
