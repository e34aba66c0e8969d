import { describe, expect, it } from 'vitest'
import { ProgressBar, progressLine } from '../../src/cli/progress-bar.js'

describe('a progress line', () => {
  it.each([
    [{ moved: 0, gone: 0, total: 1_000 }, 5_000, '[------------------------------] 0%, 0 of 1,000'],
    [
      { moved: 590, gone: 10, total: 1_000 },
      3_000,
      '[##################------------] 60%, 600 of 1,000, 200/s, 2 s left',
    ],
    [
      { moved: 1_100, gone: 0, total: 1_000 },
      1_000,
      '[##############################] 100%, 1,100 of 1,000, 1,100/s, 0 s left',
    ],
    [{ moved: 0, gone: 0, total: 0 }, 0, '[##############################] 100%, 0 of 0'],
  ])('of %j after %i ms', (progress, ms, line) => expect(progressLine(progress, ms)).toBe(line))
})

describe('a progress bar', () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = []
    const fake = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
    return { written, bar: new ProgressBar(fake) }
  }

  it('is drawn over itself on a terminal, and removed at the end', () => {
    const { bar, written } = stream(true)
    bar.show({ moved: 1, gone: 0, total: 2 })
    bar.clear()
    bar.clear()
    expect(written).toHaveLength(2)
    expect(written[0]?.startsWith('\r\x1b[K[###############---------------] 50%, 1 of 2')).toBe(true)
    expect(written[1]).toBe('\r\x1b[K')
  })

  it('is not drawn where there is no terminal', () => {
    const { bar, written } = stream(false)
    bar.show({ moved: 1, gone: 0, total: 2 })
    bar.clear()
    expect(written).toEqual([])
  })
})
