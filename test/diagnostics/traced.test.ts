import { AsyncLocalStorage } from 'node:async_hooks'
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Operation } from '../../src/diagnostics/channels.js'
import { traced } from '../../src/diagnostics/traced.js'

interface Sum extends Operation {
  readonly of: string
  outcome?: number
}

const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

let tracing: TracingChannel<unknown, Sum>
let heard: [event: string, message: Sum][]

beforeEach(() => {
  tracing = tracingChannel('koa-scopes:test:sum')
  heard = []
  for (const event of events) {
    const listener = (message: unknown) => void heard.push([event, message as Sum])
    tracing[event].subscribe(listener)
    onTestFinished(() => void tracing[event].unsubscribe(listener))
  }
})

const order = () => heard.map(([event]) => event)

describe('a traced operation', () => {
  it('publishes one message from its start to its end, with its outcome and duration', async () => {
    const message: Sum = { of: 'two' }
    const adding = traced(
      tracing,
      message,
      async () => 2,
      (result) => {
        message.outcome = result
      },
    )
    expect(order()).toEqual(['start', 'end'])
    expect(await adding).toBe(2)
    expect(order()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(heard.every(([, heard]) => heard === message)).toBe(true)
    expect(message).toEqual({ of: 'two', outcome: 2, durationMs: expect.any(Number) })
  })

  it('publishes its error before its end, and throws it', async () => {
    const failure = new Error('no sum')
    const adding = traced(tracing, { of: 'none' }, async () => Promise.reject(failure))
    await expect(adding).rejects.toBe(failure)
    expect(order()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(heard[2]?.[1]).toMatchObject({ error: failure, durationMs: expect.any(Number) })
  })

  it('ends in the same way if it waits for nothing', () => {
    expect(traced(tracing, { of: 'three' }, () => 3)).toBe(3)
    expect(order()).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
  })

  it('ends in the same way if it throws before it returns', () => {
    const fail = () => {
      throw new RangeError('too much')
    }
    expect(() => traced(tracing, { of: 'none' }, fail)).toThrow(RangeError)
    expect(order()).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
  })

  it('runs with what is bound to its start, also after it has waited, and its end sees that too', async () => {
    const current = new AsyncLocalStorage<string>()
    tracing.start.bindStore(current, (message) => (message as Sum).of)
    onTestFinished(() => void tracing.start.unbindStore(current))
    const atEnd: unknown[] = []
    const look = () => void atEnd.push(current.getStore())
    tracing.asyncEnd.subscribe(look)
    onTestFinished(() => void tracing.asyncEnd.unsubscribe(look))
    const inside = await traced(tracing, { of: 'bound' }, async () => {
      await new Promise(setImmediate)
      return current.getStore()
    })
    expect({ inside, atEnd, outside: current.getStore() }).toEqual({
      inside: 'bound',
      atEnd: ['bound'],
      outside: undefined,
    })
  })
})
