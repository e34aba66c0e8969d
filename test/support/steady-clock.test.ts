import { beforeEach, describe, expect, it } from 'vitest'
import { SteadyClock } from '../../src/support/steady-clock.js'
import { MachineTime } from './machine-time.js'

const hour = 3_600_000

let machine: MachineTime
let clock: SteadyClock
let steps: number[]
let start: number

beforeEach(() => {
  machine = new MachineTime()
  clock = new SteadyClock(machine)
  steps = []
  clock.onStep((stepMs) => steps.push(stepMs))
  start = machine.wall()
})

const passed = () => clock.now() - start

describe('the steady clock', () => {
  it('is the wall clock as long as that goes on', () => {
    for (const ms of [0, 1, hour, 24 * hour]) machine.pass(ms)
    expect([passed(), steps]).toEqual([25 * hour + 1, []])
  })

  it.each([2 * hour, -2 * hour, 56 * 365 * 24 * hour])(
    'does not follow a step of %d ms, and reports it once',
    (stepMs) => {
      machine.pass(hour)
      machine.set(stepMs)
      expect(passed()).toBe(hour)
      machine.pass(hour)
      expect([passed(), steps]).toEqual([2 * hour, [stepMs]])
      machine.set(-stepMs)
      expect([passed(), steps, clock.now()]).toEqual([2 * hour, [stepMs, -stepMs], machine.wall()])
    },
  )

  it('notices a step among time that passed, however long ago the last look was', () => {
    machine.pass(hour)
    machine.set(2 * hour)
    machine.pass(hour)
    expect([passed(), steps]).toEqual([2 * hour, [2 * hour]])
  })

  it('counts the time that the machine was suspended', () => {
    machine.pass(hour)
    machine.sleep(8 * hour)
    expect([passed(), steps]).toEqual([9 * hour, []])
    machine.sleep(hour)
    machine.set(2 * hour)
    expect([passed(), steps]).toEqual([10 * hour, [2 * hour]])
    machine.sleep(hour)
    machine.pass(hour)
    expect([passed(), steps]).toEqual([12 * hour, [2 * hour]])
  })

  it('follows a clock that is kept right little by little', () => {
    for (let minutes = 0; minutes < 600; minutes += 1) {
      machine.pass(60_000)
      machine.set(30)
      clock.now()
    }
    machine.set(-900)
    expect([clock.now(), steps]).toEqual([machine.wall(), []])
  })

  it('reports nothing to a listener that was removed', () => {
    const told: number[] = []
    clock.onStep((stepMs) => told.push(stepMs))()
    machine.set(hour)
    clock.now()
    expect([told, steps]).toEqual([[], [hour]])
  })
})
