import { describe, expect, it } from 'vitest'
import { Table } from '../../../src/cli/terminal/table.js'
import { cutTo, widthOf } from '../../../src/cli/terminal/width.js'

const columns = [{ title: 'ID', isWhole: true }, { title: 'PRINCIPAL' }, { title: 'HITS' }]

describe('a table', () => {
  it('is as wide as its rows where there is no terminal', () => {
    const rows = [
      ['id-1', 'ada', '1'],
      ['id-22', 'b'.repeat(200), '20'],
    ]
    const table = new Table(columns, rows, undefined)
    expect(table.head).toBe(`ID     PRINCIPAL${' '.repeat(193)}HITS`)
    expect(table.row(rows[1] ?? [])).toBe(`id-22  ${'b'.repeat(200)}  20`)
  })

  it('fits a terminal by cutting what may be cut, and no id', () => {
    const rows = [['i'.repeat(20), 'b'.repeat(200), '20']]
    const table = new Table(columns, rows, 60)
    const row = table.row(rows[0] ?? [])
    expect(widthOf(row)).toBeLessThanOrEqual(60)
    expect(row).toMatch(/^i{20} {2}b{20,}… {2}20$/)
    const narrow = new Table(columns, rows, 10).row(rows[0] ?? [])
    expect(narrow).toBe(`${'i'.repeat(20)}  bbbbbbb…  20`)
  })

  it('gives later rows the same widths', () => {
    const table = new Table(columns, [['id-1', 'ada', '1']], 80)
    expect(table.row(['id-1234', 'somebody else', '7'])).toBe('id-1234  somebody…  7')
  })
})

describe('widths', () => {
  it('count what a terminal shows', () => {
    expect([widthOf('ada'), widthOf('日本'), widthOf('e\u0301'), widthOf('👍')]).toEqual([3, 4, 1, 2])
    expect(cutTo(5, '日本語文')).toBe('日本…')
    expect(cutTo(3, 'abc')).toBe('abc')
  })
})
