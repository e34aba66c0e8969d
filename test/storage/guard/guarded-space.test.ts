import { expect, it } from 'vitest'
import { memory } from '../../../src/drivers/memory/index.js'
import type { Space } from '../../../src/storage/contract.js'
import { Availability } from '../../../src/storage/guard/availability.js'
import { Guard } from '../../../src/storage/guard/guard.js'
import { guardedSpace } from '../../../src/storage/guard/guarded-space.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { memorySpace } from '../../support/scope-environment.js'

const clock = new ManualClock()

function guarded(matches?: NonNullable<Space['matches']>) {
  const space = memorySpace()
  if (matches) space.matches = matches
  const guard = new Guard({
    cache: 'shared',
    driver: 'memory',
    deadlineMs: 5_000,
    clock,
    availability: new Availability(clock),
  })
  return guardedSpace(() => space, memory.capabilities(memory.options.parse({})), guard)
}

it('matches what the space matches', () => {
  const space = guarded((id) => id === 'a')
  expect([space.matches?.('a', { now: 0 }), space.matches?.('b', { now: 0 })]).toEqual([true, false])
})

it('matches nothing if the space cannot tell, or fails, so that a load follows', () => {
  const failing = guarded(() => {
    throw new Error('the file is busy')
  })
  expect([failing, guarded()].map((space) => space.matches?.('a', { now: 0 }))).toEqual([false, false])
})
