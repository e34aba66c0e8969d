import { expect, it } from 'vitest'
import { type Countable, RecordCounts } from '../../../src/admin/metrics/record-counts.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'

const minute = 60_000

/** Sessions of an application, and how often they were counted. */
function sessionsOf(application: string, count: () => Promise<number>) {
  const it = { asked: 0, isAvailable: true }
  const countable: Countable = {
    application,
    scope: 'session',
    isAvailable: () => it.isAvailable,
    count() {
      it.asked += 1
      return count()
    },
  }
  return Object.assign(it, { countable })
}

it('asks a store once in a while, however often and by how many it is read', async () => {
  const clock = new ManualClock()
  const gate = new Gate()
  const shop = sessionsOf('shop', async () => {
    await gate.pass()
    return shop.asked * 10
  })
  const counts = new RecordCounts([shop.countable], clock, minute)
  const reads = [counts.read(), counts.read()]
  gate.open()
  const first = [{ application: 'shop', scope: 'session', records: 10 }]
  expect(await Promise.all(reads)).toEqual([first, first])
  clock.jump(minute - 1)
  expect(await counts.read()).toEqual(first)
  expect(shop.asked).toBe(1)
  clock.jump(1)
  expect(await counts.read()).toEqual([{ ...first[0], records: 20 }])
})

it('leaves out a store that fails, and does not ask one that is known to be unavailable', async () => {
  const clock = new ManualClock()
  let isBroken = true
  const broken = sessionsOf('forum', async () => (isBroken ? Promise.reject(new Error('no')) : 7))
  const away = sessionsOf('blog', async () => 8)
  away.isAvailable = false
  const counts = new RecordCounts(
    [sessionsOf('shop', async () => 9).countable, broken.countable, away.countable],
    clock,
    minute,
  )
  const shop = { application: 'shop', scope: 'session', records: 9 }
  expect(await counts.read()).toEqual([shop])
  expect([broken.asked, away.asked]).toEqual([1, 0])
  isBroken = false
  away.isAvailable = true
  clock.jump(minute)
  expect((await counts.read()).map(({ records }) => records)).toEqual([9, 7, 8])
})
