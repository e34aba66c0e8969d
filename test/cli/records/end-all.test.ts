import { expect, it } from 'vitest'
import { endAll } from '../../../src/cli/records/end-all.js'
import type { RecordInfo } from '../../../src/scopes/request/directory.js'

const info = (id: string) => ({ id }) as RecordInfo

it('ends every page, at most fifty records at a time, and counts those that were ended', async () => {
  const ids = Array.from({ length: 240 }, (_, n) => `id-${n}`)
  let [current, most] = [0, 0]
  const ended: unknown[] = []
  const directory = {
    list: async ({ cursor = '0' }: { cursor?: string }) => {
      const from = Number(cursor)
      const items = ids.slice(from, from + 120).map(info)
      return from === 0 ? { items, cursor: '120' } : { items }
    },
    end: async (id: unknown) => {
      current += 1
      most = Math.max(most, current)
      await Promise.resolve()
      current -= 1
      ended.push(id)
      return id === 'id-7' ? 0 : 1
    },
  }
  expect(await endAll(directory, 'id-9')).toBe(238)
  expect(ended).toEqual(ids.filter((id) => id !== 'id-9'))
  expect(most).toBe(50)
})
