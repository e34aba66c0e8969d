import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { endOfTurn } from '../../src/support/end-of-turn.js'
import { quietContainer } from './container.js'
import { shop } from './shop.js'

/** Far from what other tests of this process have seen of the time. */
let now = 1e9

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

beforeEach(async () => {
  await nextTurn()
  now += 1e6
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})

afterEach(() => void vi.restoreAllMocks())

describe('the end of a turn', () => {
  it('is not waited for by those who come one by one', () => {
    expect(endOfTurn()).toBeUndefined()
    now += 0.26
    expect(endOfTurn()).toBeUndefined()
  })

  it('comes for all who came in the turn, and not before', async () => {
    endOfTurn()
    now += 0.24
    const first = endOfTurn()
    let isOver = false
    first?.then(() => {
      isOver = true
    })
    await Promise.resolve()
    expect({ isOver, isShared: endOfTurn() === first }).toEqual({ isOver: false, isShared: true })
    await nextTurn()
    expect(isOver).toBe(true)
    expect(endOfTurn()).not.toBe(first)
  })

  it('is not waited for by a crowd of sixteen', async () => {
    endOfTurn()
    const turns = Array.from({ length: 17 }, () => endOfTurn())
    expect(new Set(turns).size).toBe(2)
    expect(turns[16]).not.toBe(turns[15])
    const first = await Promise.race([turns[15], nextTurn().then(() => 'later')])
    expect(first).toBeUndefined()
  })

  it('comes for those who wait when one comes who does not', async () => {
    endOfTurn()
    const turn = endOfTurn()
    now += 20 // a handler took so long
    let isOver = false
    turn?.then(() => {
      isOver = true
    })
    expect(endOfTurn()).toBeUndefined()
    await Promise.resolve()
    expect(isOver).toBe(true)
  })

  it('comes although a test has stopped the timers', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate'] })
    onTestFinished(() => void vi.useRealTimers())
    endOfTurn()
    await endOfTurn()
  })
})

it('requests that wait for no store are answered together when their turn ends', async () => {
  const container = await quietContainer(
    { applications: { shop: { session: {} } } },
    { applications: { shop: shop({}) } },
  )
  onTestFinished(() => container.close())
  const koa = new Koa()
  const serve = container.scopes('shop')
  const log: string[] = []
  const request = async (name: string) => {
    const req = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/' })
    const context = koa.createContext(req, new ServerResponse(req))
    await serve(context as unknown as Parameters<typeof serve>[0], async () => void log.push(`${name} is served`))
    log.push(`${name} is answered`)
  }
  await request('an earlier one')
  log.length = 0
  await Promise.all(['one', 'another'].map((name) => nextTurn().then(() => request(name))))
  expect(log).toEqual(['one is served', 'another is served', 'one is answered', 'another is answered'])
})
