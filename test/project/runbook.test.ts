import { expect, test } from 'vitest'
import { filesIn, read } from './sources.js'

/** What begins a line of level warn or error, or is passed on to such a line. */
const begins = /\.(?:warn|error)\(|#report\(error, |#warn\(|\bfailed\(\w+, /g
/** The first text of some words behind it. */
const text = /^[^`]{0,200}?'([^'\n]{12,})'/

const messages = filesIn('src')
  .filter((file) => !file.startsWith('src/testing/'))
  .flatMap((file) => {
    const source = read(file)
    return [...source.matchAll(begins)].flatMap(
      ({ index, 0: { length } }) => text.exec(source.slice(index + length))?.[1] ?? [],
    )
  })
  .filter((message) => message.includes(' '))

/** A long line is quoted by its beginning. */
const isIn = (runbook: string) => (message: string) => runbook.includes(`\`${message.split(/[:;,]/)[0]}`)

test('docs/production.md says for each line of level warn and above what to do', () => {
  expect(messages.length).toBeGreaterThan(30)
  const runbook = read('docs/production.md').split('## Runbook')[1] ?? ''
  expect([...new Set(messages)].filter((message) => !isIn(runbook)(message))).toEqual([])
})
