import { describe, expect, it } from 'vitest'
import { search } from '../../src/admin/pages/search.js'
import type { ListOptions, RecordInfo } from '../../src/scopes/request/directory.js'
import { ManualClock } from '../../src/testing/manual-clock.js'

const recordOf = (id: string, principal: string | null = null) => ({ id, principal }) as RecordInfo

/** A directory of these records, whose pages take this long. */
function directoryOf(records: readonly RecordInfo[], clock: ManualClock, pageMs = 0) {
  const limits: number[] = []
  return {
    limits,
    list: async ({ cursor = '0', limit = 100, principal }: ListOptions = {}) => {
      limits.push(limit)
      clock.jump(pageMs)
      const of = records.filter((record) => principal === undefined || record.principal === principal)
      const end = Number(cursor) + limit
      return { items: of.slice(Number(cursor), end), ...(end < of.length && { cursor: `${end}` }) }
    },
    show: async (id: string) => {
      const found = records.find((record) => record.id === id)
      return found && { ...found, authenticatedAt: null, isUnsaved: false, attributes: [] }
    },
  }
}

const many = Array.from({ length: 10_000 }, (_, index) =>
  recordOf(`id-${String(index).padStart(5, '0')}`, index % 1_000 === 0 ? 'anna' : null),
)

describe('a search', () => {
  const clock = new ManualClock()
  const directory = directoryOf(many, clock)
  const limit = 50

  it('tries a text as an id, then as a principal, then as the start of an id', async () => {
    expect(await search(directory, { text: 'id-00042', limit }, clock)).toEqual({
      by: 'id',
      items: [recordOf('id-00042')],
    })
    const ofAnna = await search(directory, { text: 'anna', limit }, clock)
    expect([ofAnna.by, ofAnna.items.length]).toEqual(['principal', 10])
    const ofStart = await search(directory, { text: 'id-0999', limit }, clock)
    expect(ofStart).toMatchObject({ by: 'idPrefix', searched: 10_000 })
    expect(ofStart.items).toHaveLength(10)
    expect(ofStart.cursor).toBeUndefined()
    expect(await search(directory, { text: 'nobody', limit }, clock)).toEqual({
      by: 'idPrefix',
      items: [],
      searched: 10_000,
    })
  })

  it('lists all, or those of a principal, by pages', async () => {
    const first = await search(directory, { limit }, clock)
    expect([first.by, first.items.length, first.cursor]).toEqual(['all', 50, '50'])
    const second = await search(directory, { limit, cursor: '50' }, clock)
    expect(second.items[0]?.id).toBe('id-00050')
    const ofAnna = await search(directory, { principal: 'anna', limit: 6 }, clock)
    expect([ofAnna.items.length, ofAnna.cursor]).toEqual([6, '6'])
  })

  it('stops when it has enough, and asks for larger pages the longer it takes', async () => {
    const asking = directoryOf(many, clock)
    const common = await search(asking, { idPrefix: 'id-', limit }, clock)
    expect([common.items.length, common.cursor]).toEqual([50, '50'])
    asking.limits.length = 0
    await search(asking, { idPrefix: 'none', limit }, clock)
    expect(asking.limits.slice(0, 6)).toEqual([50, 100, 200, 400, 800, 1_000])
  })

  it('stops when its time is over, says how far it came, and goes on from there', async () => {
    const slow = directoryOf(many, clock, 400)
    const first = await search(slow, { idPrefix: 'id-0999', limit }, clock)
    expect(first).toEqual({ by: 'idPrefix', items: [], searched: 350, cursor: '350' })
    const second = await search(slow, { idPrefix: 'id-0999', limit: 1_000, cursor: '9000' }, clock)
    expect(second.items).toHaveLength(10)
    expect(second.cursor).toBeUndefined()
  })
})
