import { describe, expect, it } from 'vitest'
import { allPages, somePages } from '../../../src/cli/records/found.js'
import { UsageError } from '../../../src/cli/usage-error.js'
import type { ListOptions, RecordInfo } from '../../../src/scopes/request/directory.js'

const item = (id: string) => ({ id }) as RecordInfo

/** Pages that were agreed on, whatever their limit; a store may give few items, or none, and not be at its end. */
function paged(...pages: readonly (readonly string[])[]) {
  const asked: ListOptions[] = []
  const list = async (options: ListOptions = {}) => {
    asked.push(options)
    if (options.cursor === 'wrong') throw new TypeError('A cursor is what the page before gave')
    const at = Number(options.cursor ?? 0)
    return { items: (pages[at] ?? []).map(item), ...(at + 1 < pages.length && { cursor: `${at + 1}` }) }
  }
  return { asked, list }
}

describe('some pages', () => {
  it('go on over empty pages until there are enough, and say where the next begins', async () => {
    const directory = paged([], ['a'], [], ['b', 'c'], ['d'])
    expect(await somePages(directory, { limit: 3 })).toEqual({
      items: ['a', 'b', 'c'].map(item),
      cursor: '4',
      isMore: true,
    })
    expect(directory.asked.map(({ limit }) => limit)).toEqual([3, 3, 2, 2])
    expect(await somePages(directory, { limit: 3, cursor: '4' })).toEqual({ items: [item('d')], isMore: false })
  })

  it('of a prefix are large, and give no cursor where they are cut', async () => {
    const directory = paged(['a', 'b', 'c'], ['d'])
    expect(await somePages(directory, { limit: 2, idPrefix: '' })).toEqual({
      items: ['a', 'b'].map(item),
      isMore: true,
    })
    expect(directory.asked).toEqual([{ limit: 1000, idPrefix: '' }])
  })

  it('refuse a cursor of something else as wrong usage', async () => {
    await expect(somePages(paged([]), { limit: 2, cursor: 'wrong' })).rejects.toBeInstanceOf(UsageError)
    await expect(allPages(paged([]), { cursor: 'wrong' }).next()).rejects.toBeInstanceOf(UsageError)
  })
})

describe('all pages', () => {
  it('are read to the end, from a cursor on if one is given', async () => {
    const read = async (cursor?: string) => {
      const ids: string[] = []
      const pages = allPages(paged(['a'], [], ['b'], ['c']), { ...(cursor && { cursor }) })
      for await (const items of pages) ids.push(...items.map(({ id }) => id))
      return ids
    }
    expect(await read()).toEqual(['a', 'b', 'c'])
    expect(await read('2')).toEqual(['b', 'c'])
  })
})
