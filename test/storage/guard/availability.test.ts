import { beforeEach, describe, expect, it } from 'vitest'
import { Availability } from '../../../src/storage/guard/availability.js'
import { StorageError } from '../../../src/storage/storage-error.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

const away = new StorageError('STORAGE_UNAVAILABLE', { cache: 'shared', operation: 'load', reason: 'it is away' })
const awayFor = (remedy: string) =>
  new StorageError('STORAGE_UNAVAILABLE', { cache: 'shared', operation: 'load', reason: 'it is away', remedy })
const full = new StorageError('STORAGE_FULL', { cache: 'shared', operation: 'save', reason: 'no room' })

let clock: ManualClock
let availability: Availability
let switches: unknown[]

beforeEach(() => {
  clock = new ManualClock()
  availability = new Availability(clock)
  switches = []
  availability.listen((error, past) => switches.push(error ?? past))
})

describe('the availability of a store', () => {
  it('ends with the first call that cannot reach it, and is told once', () => {
    const since = clock.now()
    availability.failed(away)
    clock.jump(5_000)
    availability.failed(away)
    expect(switches).toEqual([away])
    expect(availability).toMatchObject({ unavailableSince: since, outages: 1, failures: 2 })
  })

  it('begins again with an answer, once nothing has failed for a second', () => {
    availability.failed(away)
    clock.jump(999)
    availability.succeeded()
    expect(switches).toEqual([away])
    clock.jump(1)
    availability.succeeded()
    availability.succeeded()
    expect(switches).toEqual([away, { lastedMs: 1_000, failures: 1 }])
    expect(availability.unavailableSince).toBeUndefined()
  })

  it('counts the failed calls of each outage on its own', () => {
    for (const failures of [3, 2]) {
      for (let n = 0; n < failures; n += 1) availability.failed(away)
      clock.jump(5_000)
      availability.succeeded()
    }
    expect(switches).toEqual([away, { lastedMs: 5_000, failures: 3 }, away, { lastedMs: 5_000, failures: 2 }])
    expect(availability).toMatchObject({ outages: 2, failures: 5 })
  })

  it('reports an error of an outage under way if it asks for something else, each once', () => {
    const reasons: unknown[] = []
    availability.listenToReasons((error) => reasons.push(error))
    const refused = awayFor('Correct the password.')
    for (const error of [refused, away]) {
      availability.failed(away)
      availability.failed(refused)
      availability.failed(error)
      expect(reasons.splice(0)).toEqual([refused])
      clock.jump(5_000)
      availability.succeeded()
    }
    expect(switches).toHaveLength(4)
  })

  it('is told by the reason why the answer to a save is missing, which an operator can do something about', () => {
    const reasons: unknown[] = []
    availability.listenToReasons((error) => reasons.push(error))
    availability.failed(new StorageError('SAVE_UNCERTAIN', { cache: 'shared', id: 'a' }, { cause: away }))
    availability.failed(new StorageError('SAVE_UNCERTAIN', { cache: 'shared', id: 'b' }, { cause: away }))
    expect(switches).toEqual([away])
    expect(reasons).toEqual([])
  })

  it('reports at most four more reasons of an outage', () => {
    const reasons: unknown[] = []
    availability.listenToReasons((error) => reasons.push(error))
    for (let n = 0; n < 20; n += 1) availability.failed(awayFor(`Try ${n}.`))
    expect(reasons).toHaveLength(4)
  })

  it('is not in question when the store answers that it cannot', () => {
    availability.failed(full)
    expect(availability).toMatchObject({ outages: 0, failures: 0, unavailableSince: undefined })
  })
})
