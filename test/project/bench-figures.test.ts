import { expect, it } from 'vitest'
import { read } from './sources.js'

interface Figure {
  readonly workload: string
  readonly contestant: string
  readonly added?: { readonly median: number }
}

const { figures } = JSON.parse(read('bench/results.json')) as { figures: readonly Figure[] }
const workloads = ['0.5 KB, read one attribute', '0.5 KB, change one attribute', 'first visit, stores 0.5 KB']

/** What a row begins with, and whose figures it shows. */
const ours = {
  'koa-scopes, `cluster: true`': 'koa-scopes, cluster: true',
  'koa-scopes, `cluster: false`': 'koa-scopes, response',
  '`cluster: true`': 'koa-scopes, cluster: true',
  '`response`: `cluster: false`, the default': 'koa-scopes, response',
  '`behind`: the same with `backup: behind`': 'koa-scopes, behind',
  'LMDB: `cluster: false`, on LMDB': 'koa-scopes, LMDB',
}

/** The added CPU of a contestant: at the common rate, and at the low one in parentheses. */
function cell(contestant: string, workload: string): string {
  const [busy, quiet] = [workload, `${workload}, 1,000 a second`].map((name) => {
    const figure = figures.find((it) => it.contestant === contestant && it.workload === name)
    return Math.round(figure?.added?.median ?? Number.NaN)
  })
  return `${busy} (${quiet})`
}

it.each(['README.md', 'docs/performance.md'])('the table of %s has the figures of bench/results.json', (file) => {
  const [, table = ''] =
    /\| read an attribute \| change one \| first visit \|\n\|[-:|]+\|\n((?:\|.*\|\n)+)/.exec(read(file)) ?? []
  const rows = table.trim().split('\n')
  expect(rows.length).toBeGreaterThanOrEqual(5)
  for (const row of rows) {
    const [name = '', ...shown] = row
      .split('|')
      .map((part) => part.trim())
      .filter(Boolean)
    const contestant = ours[name as keyof typeof ours] ?? name
    expect({ name, shown }).toEqual({ name, shown: workloads.map((workload) => cell(contestant, workload)) })
  }
})
