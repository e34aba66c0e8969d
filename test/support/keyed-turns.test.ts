import { describe, expect, it } from 'vitest'
import { KeyedTurns } from '../../src/support/keyed-turns.js'
import { Gate } from './gate.js'

describe('turns by key', () => {
  it('run one after the other for one key, and do not wait for those of another', async () => {
    const turns = new KeyedTurns()
    const gate = new Gate()
    const log: string[] = []
    const first = turns.run('a', async () => {
      await gate.pass()
      log.push('a1')
    })
    const second = turns.run('a', async () => void log.push('a2'))
    await turns.run('b', async () => void log.push('b1'))
    gate.open()
    await Promise.all([first, second])
    expect(log).toEqual(['b1', 'a1', 'a2'])
  })

  it('go on after one that fails, and begin at once when none is under way', async () => {
    const turns = new KeyedTurns()
    const failing = turns.run('a', () => Promise.reject(new Error('no')))
    const next = turns.run('a', async () => 2)
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe(2)
    let hasBegun = false
    const third = turns.run('a', async () => {
      hasBegun = true
    })
    expect(hasBegun).toBe(true)
    await third
  })
})
