import { describe, expect, test } from 'vitest'
import { read } from './sources.js'

const { version } = JSON.parse(read('package.json'))
const [head = '', ...sections] = read('docs/changelog.md').split(/^## /m)
const versions = sections.map((section) => /^(\d+)\.(\d+)\.(\d+): \S/.exec(section)?.slice(1).map(Number) ?? [])

describe('docs/changelog.md', () => {
  test('begins with the version of package.json', () => {
    expect(head).toMatch(/^# Changelog\n/)
    expect(versions[0]?.join('.')).toBe(version)
  })

  test('has a semantic version and a theme for each section, the newest first', () => {
    expect(versions.filter((parts) => parts.length !== 3)).toEqual([])
    expect(versions).toEqual(versions.toSorted((a, b) => b.map((part, at) => part - (a[at] ?? 0)).find(Boolean) ?? 0))
  })

  test('has each version once', () => {
    expect(new Set(versions.map(String)).size).toBe(versions.length)
  })

  test('has a list at the end of each section, to which the next change is added', () => {
    const lines = sections.map((section) => section.trimEnd().split('\n'))
    const isOfList = (line = '') => /^(?:- | {2})\S/.test(line)
    expect(lines.filter((section) => !isOfList(section.at(-1))).map(([title]) => title)).toEqual([])
  })
})

test('package-lock.json has the version of package.json', () => {
  const lock = JSON.parse(read('package-lock.json'))
  expect([lock.version, lock.packages[''].version]).toEqual([version, version])
})
