import { describe, expect, it } from 'vitest'
import { FollowedRecords } from '../../../src/cli/records/followed.js'
import type { ListOptions, RecordInfo } from '../../../src/scopes/request/directory.js'

const info = (id: string, principal: string | null): RecordInfo => ({
  id,
  principal,
  timeCreated: new Date(0),
  lastVisit: new Date(0),
  expiresAt: null,
  hits: 1,
  description: null,
})

/** A directory over a list, whose cursors are places in it. */
class Listed {
  readonly records = new Map<string, string | null>()
  pages = 0

  async count(): Promise<number> {
    return this.records.size
  }

  async list({ cursor = '0', limit = 100 }: ListOptions = {}): Promise<{ items: RecordInfo[]; cursor?: string }> {
    this.pages += 1
    const from = Number(cursor)
    const items = [...this.records].slice(from, from + limit).map(([id, principal]) => info(id, principal))
    return { items, ...(from + limit < this.records.size && { cursor: `${from + limit}` }) }
  }
}

const idsOf = (infos: readonly RecordInfo[]) => infos.map(({ id }) => id)

describe('followed records', () => {
  it('report logins and ends since the first round, each once', async () => {
    const listed = new Listed()
    listed.records.set('a', 'ada').set('b', null)
    const followed = new FollowedRecords(listed)
    expect(await followed.look()).toEqual({ count: 2, isFollowed: true, logins: [], ends: [] })
    listed.records.set('b', 'bob').set('c', 'cy').set('d', null)
    const second = await followed.look()
    expect({ logins: idsOf(second.logins), ends: second.ends }).toEqual({ logins: ['b', 'c'], ends: [] })
    expect(await followed.look()).toMatchObject({ logins: [], ends: [] })
    listed.records.delete('c')
    expect(idsOf((await followed.look()).ends)).toEqual(['c'])
    expect((await followed.look()).ends).toEqual([])
  })

  it('cost one count and one page a look, and take a round over more records than a page has', async () => {
    const listed = new Listed()
    for (let n = 0; n < 1_200; n += 1) listed.records.set(`id-${n}`, 'ada')
    const followed = new FollowedRecords(listed)
    for (let look = 0; look < 3; look += 1) expect(await followed.look()).toMatchObject({ logins: [], ends: [] })
    expect(listed.pages).toBe(3)
    listed.records.delete('id-1100')
    const round = [await followed.look(), await followed.look(), await followed.look()]
    expect(round.map(({ ends }) => idsOf(ends))).toEqual([[], [], ['id-1100']])
  })

  it('are only counted while there are more than 20,000', async () => {
    const listed = new Listed()
    for (let n = 0; n < 20_001; n += 1) listed.records.set(`id-${n}`, 'ada')
    const followed = new FollowedRecords(listed)
    expect(await followed.look()).toEqual({ count: 20_001, isFollowed: false, logins: [], ends: [] })
    expect(listed.pages).toBe(0)
    listed.records.clear()
    listed.records.set('a', 'ada')
    expect(await followed.look()).toEqual({ count: 1, isFollowed: true, logins: [], ends: [] })
  })
})
