import { describe, expect, it } from 'vitest'
import { firstToAccept } from '../../../src/drivers/network/first-to-accept.js'

interface Asked {
  readonly server: string
  readonly signal: AbortSignal
  accept(): void
  refuse(): void
}

const forever = 2 ** 30

/** Asks servers that answer when the test lets them. */
function asking(servers: readonly string[], headStartMs: number) {
  const asked: Asked[] = []
  const discarded: string[] = []
  const answer = firstToAccept({
    servers,
    headStartMs,
    ask: (server, signal) =>
      new Promise<string>((accept, refuse) => {
        asked.push({ server, signal, accept: () => accept(server), refuse: () => refuse(new Error(`not ${server}`)) })
      }),
    discard: (server) => void discarded.push(server),
  })
  return { asked, discarded, answer, names: () => asked.map(({ server }) => server) }
}

const settled = () => new Promise(setImmediate)

describe('of several servers', () => {
  it('the first is asked alone while it may still answer', async () => {
    const { asked, answer, names } = asking(['a', 'b'], forever)
    await settled()
    expect(names()).toEqual(['a'])
    asked[0]?.accept()
    expect(await answer).toBe('a')
    await settled()
    expect(names()).toEqual(['a'])
  })

  it('the next one is asked at once when one refuses', async () => {
    const { asked, answer, names } = asking(['a', 'b', 'c'], forever)
    asked[0]?.refuse()
    await settled()
    expect(names()).toEqual(['a', 'b'])
    asked[1]?.accept()
    expect(await answer).toBe('b')
  })

  it('the next one is asked too when one does not answer, and the first to accept is taken', async () => {
    const { asked, discarded, answer, names } = asking(['a', 'b', 'c'], 1)
    await expect.poll(names).toEqual(['a', 'b', 'c'])
    asked[1]?.accept()
    expect(await answer).toBe('b')
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, true])
    asked[0]?.accept()
    asked[2]?.refuse()
    await settled()
    expect(discarded).toEqual(['a'])
  })

  it('the reasons are told in their order when all refuse, whatever the order of the refusals', async () => {
    const { asked, answer, names } = asking(['a', 'b'], 1)
    const failed = answer.catch(({ errors }: AggregateError) => errors.map(String))
    await expect.poll(names).toEqual(['a', 'b'])
    asked[1]?.refuse()
    asked[0]?.refuse()
    expect(await failed).toEqual(['Error: not a', 'Error: not b'])
  })
})
