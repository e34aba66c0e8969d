import { expect, test } from 'vitest'
import { errorTable } from '../../src/errors/error-table.js'
import { filesIn, read } from './sources.js'

const errors = Object.entries(errorTable).map(([code, { status }]) => ({ code, status }))

test('docs/errors.md tells of each error, in the order of the table, its status, meaning and remedy', () => {
  const sections = read('docs/errors.md').split(/^### /m).slice(1)
  const documented = sections.map((section) => {
    const found = /^(\w+)\n\nStatus (\d+)\. .+\n\nRemedy: ./s.exec(section)
    return found ? { code: found[1], status: Number(found[2]) } : `incomplete: ${section}`
  })
  expect(documented).toEqual(errors)
})

test('every error of the table is thrown somewhere', () => {
  const sources = filesIn('src').filter((file) => file !== 'src/errors/error-table.ts')
  const text = sources.map(read).join('\n')
  expect(errors.filter(({ code }) => !text.includes(`'${code}'`))).toEqual([])
})
