import { describe, expect, it } from 'vitest'
import { ApplicationLife, type ApplicationLifeOptions } from '../../src/scopes/application-life.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { Gate } from '../support/gate.js'

type Data = Record<string, unknown>

/** An application that ends after a minute without use, and what happens to it. */
function application(handlers: Partial<Pick<ApplicationLifeOptions, 'onStart' | 'onEnd' | 'timeoutMs'>> = {}) {
  const clock = new ManualClock()
  const log: string[] = []
  const life = new ApplicationLife({
    application: 'shop',
    clock,
    timeoutMs: 60_000,
    onStart: (data: Data) => {
      log.push('start')
      data.startedAt = clock.now()
    },
    onEnd: () => void log.push('end'),
    ...handlers,
  })
  return { clock, life, log }
}

describe('37. the start of an application', () => {
  it('runs once for three first requests, and all see its result', async () => {
    const gate = new Gate()
    let starts = 0
    const { life } = application({
      async onStart(data: Data) {
        starts += 1
        await gate.pass()
        data.ready = true
      },
    })
    const uses = [life.use(), life.use(), life.use()]
    await gate.reached
    gate.open()
    await Promise.all(uses)
    expect({ starts, data: life.data }).toEqual({ starts: 1, data: { ready: true } })
    expect(life.use()).toBeUndefined()
  })

  it('that throws or returns false is none: the next request tries again', async () => {
    const outcomes = [() => Promise.reject(new Error('no database')), () => false, () => undefined]
    const { life } = application({ onStart: () => outcomes.shift()?.() })
    await expect(life.use()).rejects.toThrow('no database')
    await expect(life.use()).rejects.toMatchObject({ code: 'APPLICATION_NOT_STARTED', status: 503 })
    await life.use()
    expect(life.use()).toBeUndefined()
  })

  it('that failed leaves nothing in the application scope', async () => {
    const outcomes = [false, undefined]
    const { life } = application({
      onStart(data: Data) {
        data.attempt = 3 - outcomes.length
        return outcomes.shift()
      },
    })
    await expect(life.use()).rejects.toThrow()
    expect(life.data).toEqual({})
    await life.use()
    expect(life.data).toEqual({ attempt: 2 })
  })
})

describe('38. the end of an application', () => {
  it('runs at stop() with its scope, and the next request starts another one', async () => {
    const ended: Data[] = []
    const { clock, life } = application({ onEnd: (data: Data) => void ended.push(data) })
    await life.use()
    const first = life.data
    await life.stop()
    expect(ended).toEqual([first])
    await clock.advance(1)
    await life.use()
    expect(life.data).not.toBe(first)
    expect(life.data.startedAt).toBe(clock.now())
  })

  it('does not run when it has not started, or has ended already', async () => {
    const { life, log } = application()
    await life.stop()
    await life.use()
    await Promise.all([life.stop(), life.stop()])
    expect(log).toEqual(['start', 'end'])
  })

  it('comes after its timeout without use, and every use puts it off', async () => {
    const { clock, life, log } = application()
    await life.use()
    for (let n = 0; n < 5; n += 1) {
      await clock.advance(50_000)
      life.use()
    }
    expect(log).toEqual(['start'])
    await clock.advance(59_999)
    expect(log).toEqual(['start'])
    await clock.advance(1)
    expect(log).toEqual(['start', 'end'])
  })

  it('comes before the new start when a request is what finds it idle', async () => {
    const { clock, life, log } = application()
    await life.use()
    clock.jump(60_000)
    await life.use()
    expect(log).toEqual(['start', 'end', 'start'])
  })

  it('never comes by itself with timeout: never', async () => {
    const { clock, life, log } = application({ timeoutMs: null })
    await life.use()
    await clock.advance(1e12)
    expect(life.use()).toBeUndefined()
    expect(log).toEqual(['start'])
  })

  it('waits for a start that is under way', async () => {
    const gate = new Gate()
    const log: string[] = []
    const { life } = application({
      async onStart() {
        await gate.pass()
        log.push('start')
      },
      onEnd: () => void log.push('end'),
    })
    const use = life.use()
    const stop = life.stop()
    gate.open()
    await Promise.all([use, stop])
    expect(log).toEqual(['start', 'end'])
  })
})
